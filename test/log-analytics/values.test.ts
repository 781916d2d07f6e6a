import { expect, test } from 'vitest';
import { rowsOf } from '../../ingest/log-analytics/answers.ts';
import { isoOfTicks, ticksOf } from '../../ingest/log-analytics/ticks.ts';
import { Store } from '../../store/store.ts';
import { logsRun } from './logs-run.ts';

const answer = (columns: readonly string[], ...rows: readonly string[]): string =>
  `{"tables":[{"name":"PrimaryResult","columns":${JSON.stringify(columns.map((name) => ({ name, type: 'string' })))},"rows":[${rows.join(',')}]}]}`;

test('values stay the text that the service wrote', async () => {
  using store = await Store.inMemory();
  const text = answer(
    ['TimeGenerated', 'Long', 'Real', 'Dynamic', 'Text', 'Null', 'a "name"'],
    '["2026-11-20T10:00:00.5923757Z",9007199254740993,0.1,"{\\"a\\": 1.10}","é\\n\\"q\\"\\u2028",null,true]',
    '["2026-11-20T10:00:00Z",-9223372036854775808,1e-7,{"k":[1,12345678901234567890123]},"",null,false]',
  );

  const { rows, batches } = await rowsOf(store, text);

  expect(rows).toBe(2);
  expect(batches.map(({ text: lines }) => Buffer.from(lines).toString().split('\n'))).toEqual([
    [
      '{"TimeGenerated":"2026-11-20T10:00:00.5923757Z","Long":9007199254740993,"Real":0.1,"Dynamic":"{\\"a\\": 1.10}","Text":"é\\n\\"q\\"\u2028","a \\"name\\"":true}',
      '{"TimeGenerated":"2026-11-20T10:00:00Z","Long":-9223372036854775808,"Real":1e-7,"Dynamic":{"k":[1,12345678901234567890123]},"Text":"","a \\"name\\"":false}',
    ],
  ]);
});

test('many rows become pieces that a mapper takes, numbered through', async () => {
  using store = await Store.inMemory();
  const rows = Array.from({ length: 20_000 }, (_, no) => `[${no}]`);

  const { batches } = await rowsOf(store, answer(['No'], ...rows));

  expect(batches.map(({ firstNo, count }) => [firstNo, count])).toEqual([
    [1, 8_192],
    [8_193, 8_192],
    [16_385, 3_616],
  ]);
  expect(Buffer.concat(batches.map(({ text }) => Buffer.from(text))).toString('utf8', 0, 20)).toBe(
    '{"No":0}\n{"No":1}\n{"',
  );
});

const broken: Readonly<Record<string, string>> = {
  'no JSON': '<html></html>',
  'half of it': answer(['A'], '["a"]', '["b"]').slice(0, -12),
  'no tables': '{}',
  'a table without rows': '{"tables":[{"name":"PrimaryResult","columns":[]}]}',
};

test.each(Object.entries(broken))('%s is no answer', async (_, text) => {
  using store = await Store.inMemory();

  await expect(rowsOf(store, text)).rejects.toMatchObject({ kind: 'cut' });
});

test('ticks are kept where times are counted', () => {
  expect(isoOfTicks(ticksOf('2026-11-20T10:00:00.5923757Z'))).toBe('2026-11-20T10:00:00.5923757Z');
  expect(ticksOf('2026-11-20T10:00:00.0000001Z') - ticksOf('2026-11-20T10:00:00Z')).toBe(1n);
  expect(isoOfTicks(-1n)).toBe('1969-12-31T23:59:59.9999999Z');
});

test('microseconds and large numbers reach the store', async () => {
  await using run = await logsRun();
  run.fill(1);

  await run.ingest();

  expect(await run.store.rows('select occurred_at, response_bytes from events')).toEqual([
    { occurred_at: '2026-11-20T00:00:00.000375Z', response_bytes: 9007199254740993n },
  ]);
});
