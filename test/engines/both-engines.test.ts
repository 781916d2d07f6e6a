import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseSqlFile } from '../../store/sql-file.ts';
import { Store } from '../../store/store.ts';
import { BothEngines } from './both-engines.ts';
import { ClickHouse } from './clickhouse.ts';

const folder = mkdtempSync(join(tmpdir(), 'mcp-witness-both-'));
const clickHouse = new ClickHouse(join(folder, 'clickhouse'));
let store: Store;
let both: BothEngines;

beforeAll(async () => {
  store = await Store.inMemory();
  await store.script(`
    create temp table steps as select * from (values ('a', 1), ('b', null)) as t (name, n);
    create temp table others as select * from (values ('a', 2), ('c', 3)) as t (name, n)`);
  both = new BothEngines(store, clickHouse, folder);
});

afterAll(() => {
  store.close();
  clickHouse[Symbol.dispose]();
  rmSync(folder, { recursive: true, force: true });
});

async function differencesOf(sql: string): Promise<readonly string[]> {
  return (await both.answers(parseSqlFile('a statement', sql))).differences;
}

const banned = {
  'a // b': 'select 7 // 2 as n',
  'half to even': 'select round(cast(2.5 as double)) as n',
  'a fraction cast to an integer': 'select cast(cast(1.7 as double) as bigint) as n',
  'a list that holds a null': 'select 2 in (1, null) as is_in',
  'bare lag': 'select lag(name) over (order by name) as before from steps',
  'a length in bytes': "select length('é') as n",
} as const;

test.each(Object.entries(banned))('the lint bans what is found here: %s', async (_, sql) => {
  expect(await differencesOf(sql)).not.toEqual([]);
});

test('an error is a difference, with the engine and its words', async () => {
  expect(await differencesOf('select epoch_ms(1) as n')).toEqual([
    expect.stringMatching(/^ClickHouse fails: .*epoch_ms/),
  ]);
  expect(await differencesOf('select toInt64(1) as n')).toEqual([
    expect.stringMatching(/^DuckDB fails: a statement: .*toInt64/i),
  ]);
});

test('what failed leaves nothing behind for the next statement', async () => {
  await differencesOf("select throwIf(number = 70000) as n, 'x' as x from numbers(100000)");

  expect(await differencesOf('select name, n from steps order by name')).toEqual([]);
});

test('a table that a step makes anew is brought over anew', async () => {
  const sql = 'select name, n from steps';
  await differencesOf(sql);
  await store.script("insert into steps values ('d', 4)");

  const { rows, differences } = await both.answers(parseSqlFile('a statement', sql));

  expect({ rows, differences }).toEqual({ rows: 3, differences: [] });
});

test('joins name their columns as DuckDB does', async () => {
  const sql = `
    with n as (
        select steps.name, others.n, steps.n as own
        from others
        full join steps on steps.name = others.name
        left join others as more on more.name = steps.name
    )
    select name, n, own from n order by name, n`;

  expect(await differencesOf(sql)).toEqual([]);
});

test('every run of a file is kept, before the store itself runs it', async () => {
  const watched = both.watch('queries/');
  const params = { from_at: '2026-11-01T00:00:00Z', to_at: '2026-12-01T00:00:00Z' };

  expect(await watched.query('queries/sre/calls_by_day.sql', params)).toEqual([]);
  expect(both.runs).toEqual([
    {
      path: 'queries/sre/calls_by_day.sql',
      params,
      rows: 0,
      cells: 0,
      inexact: 0,
      differences: [],
    },
  ]);
});
