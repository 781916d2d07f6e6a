import { expect, test } from 'vitest';
import { withCommonTables } from '../../store/clickhouse/common-tables.ts';

/** The tables as `name: sql`, then the statement, each without needless space. */
function rewritten(sql: string): string[] {
  let no = 0;
  const { tables, sql: rest } = withCommonTables(sql, () => {
    no += 1;
    return `t${no}`;
  });
  return [...tables.map(({ name, sql: made }) => `${name}: ${made}`), rest].map((text) =>
    text.replaceAll(/\s+/g, ' ').replaceAll(/ ?([()]) ?/g, '$1'),
  );
}

const cases = {
  'what is read twice stays': [
    'with a as (select 1 as x) select * from a join a as b on a.x = b.x',
    ['with a as(select 1 as x)select * from a join a as b on a.x = b.x'],
  ],
  'what would be read three times is made before': [
    'with a as (select 1 as x) select * from a join a as b using (x) join a as c using (x)',
    [
      't1: select 1 as x',
      'with a as(select * from t1)select * from a join a as b using(x)join a as c using(x)',
    ],
  ],
  'readings multiply: the inner one is made, and then the outer one reads it once': [
    'with a as (select 1 as x), b as (select * from a join a as c using (x)) select * from b join b as d using (x)',
    [
      't1: select 1 as x',
      'with a as(select * from t1), b as(select * from a join a as c using(x))select * from b join b as d using(x)',
    ],
  ],
  'a table is made over those before it': [
    "with a as (select ')' as x), b as (select * from a) select * from b join b as c using (x) join b as d using (x)",
    [
      "t1: with a as(select ')' as x)select * from(select * from a)",
      "with a as(select ')' as x), b as(select * from t1)select * from b join b as c using(x)join b as d using(x)",
    ],
  ],
  'expressions within a query in parentheses are those of all its places': [
    'with a as (select * from (with i as (select 1 as x) select * from i join i as j using (x))) select * from a join a as b using (x)',
    [
      't1: select 1 as x',
      'with a as(select * from(with i as(select * from t1)select * from i join i as j using(x)))select * from a join a as b using(x)',
    ],
  ],
  'one that reads itself is left alone': [
    'with recursive a as (select 1 as x union all select x from a) select * from a, a as b, a as c join a as d join a as e',
    [
      'with recursive a as(select 1 as x union all select x from a)select * from a, a as b, a as c join a as d join a as e',
    ],
  ],
} as const;

test.each(Object.entries(cases))('%s', (_, [sql, expected]) => {
  expect(rewritten(sql)).toEqual(expected);
});
