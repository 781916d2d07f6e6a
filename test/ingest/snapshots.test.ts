import { utimesSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ingesting } from './ingested.ts';

const SERVICE = '/subscriptions/s/resourceGroups/r/providers/Microsoft.ApiManagement/service/apim';

function diagnostic(frontend: object): string {
  return JSON.stringify({
    id: `${SERVICE}/diagnostics/azuremonitor`,
    type: 'Microsoft.ApiManagement/service/diagnostics',
    name: 'azuremonitor',
    properties: { loggerId: `${SERVICE}/loggers/azuremonitor`, ...frontend },
  });
}

const logging = (bytes: number): string =>
  diagnostic({ frontend: { response: { body: { bytes } } } });

test('a setting that goes back to what it was before is a new observation, not a copy', async () => {
  using run = await ingesting({ 'diagnostic.json': logging(0) });
  for (const [day, bytes] of [
    [21, 0],
    [22, 512],
    [23, 0],
    [24, 512],
  ] as const) {
    run.write({ 'diagnostic.json': logging(bytes) });
    const at = new Date(`2026-11-${day}T00:00:00Z`);
    utimesSync(join(run.folder, 'diagnostic.json'), at, at);
    expect((await run.ingest()).stored).toBe(1);
    expect((await run.ingest()).duplicate).toBe(1);
  }

  expect(
    await run.store.rows(
      'select occurred_at, response_body_logged_bytes as bytes from events order by occurred_at',
    ),
  ).toEqual([
    { occurred_at: '2026-11-21T00:00:00Z', bytes: 0 },
    { occurred_at: '2026-11-22T00:00:00Z', bytes: 512 },
    { occurred_at: '2026-11-23T00:00:00Z', bytes: 0 },
    { occurred_at: '2026-11-24T00:00:00Z', bytes: 512 },
  ]);
});

test.each([
  ['does not mention bodies', {}, 0],
  ['mentions a body without a size', { frontend: { response: { body: {} } } }, 0],
  ['gives a size that is no number', { frontend: { response: { body: { bytes: 'some' } } } }, null],
])('a diagnostic that %s', async (_, properties, bytes) => {
  using run = await ingesting({ 'diagnostic.json': diagnostic(properties) });
  await run.ingest();

  expect(await run.store.rows('select response_body_logged_bytes as bytes from events')).toEqual([
    { bytes },
  ]);
});
