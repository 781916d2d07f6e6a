import { expect, test } from 'vitest';
import { ingesting } from './ingested.ts';

const REQUEST = JSON.stringify({
  type: 'mcp.gateway_request',
  timestamp: '2026-11-20T10:00:00Z',
  resource_id: '/subscriptions/s/resourcegroups/r/providers/microsoft.apimanagement/service/a',
  correlation_id: 'c-1',
  server_id: 'billing-mcp',
  http_method: 'POST',
  http_status: 200,
  caller_ip: '203.0.113.77',
});

test('nothing readable is added once another process has begun to keep pseudonyms', async () => {
  using run = await ingesting({ 'a.ndjson': REQUEST });
  await run.store.run("insert into pseudonymised_columns values ('caller_ip', 'made elsewhere')");

  await expect(run.ingest()).rejects.toMatchObject({
    code: 'config_invalid',
    message: expect.stringMatching(/^Of caller_ip the database keeps pseudonyms by now/),
  });
  expect(await run.store.rows('from events')).toEqual([]);
});
