import { expect, test } from 'vitest';
import { openAnswer } from '../../ingest/log-analytics/answer.ts';
import { isoOfTicks, ticksOf } from '../../ingest/log-analytics/ticks.ts';
import { type Row, Store } from '../../store/store.ts';
import { logsRun } from './logs-run.ts';

const answer = (columns: readonly string[], ...rows: readonly string[]): string =>
  `{"tables":[{"name":"PrimaryResult","columns":${JSON.stringify(columns.map((name) => ({ name, type: 'string' })))},"rows":[${rows.join(',')}]}]}`;

/** What a mapper is given of an answer. */
async function cellsOfRows(store: Store, text: string): Promise<readonly Row[]> {
  const { from } = await openAnswer(store, Buffer.from(text));
  return store.rows(`select * from (${from}) order by row_no`);
}

/** A real number is written as the engine writes it: another text, the same number. */
test('values stay the text that the service wrote', async () => {
  using store = await Store.inMemory();
  const text = answer(
    ['TimeGenerated', 'Long', 'Real', 'Dynamic', 'Text', 'Null', 'a "name"'],
    '["2026-11-20T10:00:00.5923757Z",9007199254740993,0.1,"{\\"a\\": 1.10}","é\\n\\"q\\"\\u2028",null,true]',
    '["2026-11-20T10:00:00Z",-9223372036854775808,1e-7,{"k":[1,12345678901234567890123]},"",null,false]',
  );

  const { names, count } = await openAnswer(store, Buffer.from(text));

  expect({ names, count }).toEqual({
    names: ['TimeGenerated', 'Long', 'Real', 'Dynamic', 'Text', 'Null', 'a "name"'],
    count: 2,
  });
  expect((await cellsOfRows(store, text)).map(({ cells }) => cells)).toEqual([
    [
      '2026-11-20T10:00:00.5923757Z',
      '9007199254740993',
      '0.1',
      '{"a": 1.10}',
      'é\n"q"\u2028',
      null,
      'true',
    ],
    [
      '2026-11-20T10:00:00Z',
      '-9223372036854775808',
      '1e-07',
      '{"k":[1,12345678901234567890123]}',
      '',
      null,
      'false',
    ],
  ]);
});

test('rows are numbered through', async () => {
  using store = await Store.inMemory();
  const rows = Array.from({ length: 20_000 }, (_, no) => `[${no}]`);

  const cells = await cellsOfRows(store, answer(['No'], ...rows));

  expect(cells.map((row) => [Number(row['row_no']), row['cells']])).toEqual(
    rows.map((_, no) => [no, [String(no)]]),
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

  await expect(openAnswer(store, Buffer.from(text))).rejects.toMatchObject({ kind: 'cut' });
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
