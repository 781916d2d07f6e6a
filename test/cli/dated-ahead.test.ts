import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask, type Fleet, makeFleet } from './fleet.ts';

let fleet: Fleet;
beforeAll(async () => {
  fleet = await makeFleet();
});
afterAll(() => fleet.remove());

test('one record of 2031 moves no window, and is told wherever a window ends by itself', async () => {
  const told = async (command: string) => {
    const { code, err } = await ask([...command.split(' '), '--config', fleet.config]);
    return { code, windows: err.match(/^window: .*/gm), ahead: err.match(/^.* ahead of now.*/gm) };
  };
  const asked = ['timeline', 'slo report', 'readiness', 'cost report', 'query sre/calls_by_day'];
  const before = await Promise.all(asked.map(told));
  const records = readFileSync(join(fleet.folder, 'telemetry/gateway/contoso-apim-weu.ndjson'));
  const record = JSON.parse(records.toString().slice(0, records.indexOf('\n')));
  const file = join(fleet.folder, 'ahead.ndjson');
  const changed = { ...record, TimeGenerated: '2031-03-01T08:00:00Z', CorrelationId: 'of 2031' };
  writeFileSync(file, `${JSON.stringify(changed)}\n`);

  expect((await told(`ingest files ${file}`)).code).toBe(0);
  const correlated = await told('correlate');
  const after = await Promise.all(asked.map(told));
  const ended = await told('timeline --to 2031-04-01');

  const sentence = `1 record dated more than a day ahead of now, up to 2031-03-01 08:00:00, in no window that ends by itself: mcp-witness query sre/records_dated_ahead --db ${fleet.db}`;
  expect(before.map(({ ahead }) => ahead)).toEqual(asked.map(() => null));
  expect(after).toEqual(before.map((each) => ({ ...each, ahead: [sentence] })));
  expect(correlated).toEqual({ code: 0, windows: null, ahead: [sentence] });
  expect(ended.ahead).toBeNull();
});
