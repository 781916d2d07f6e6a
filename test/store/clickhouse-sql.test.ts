import { expect, test } from 'vitest';
import { toClickHouse } from '../../store/clickhouse-sql.ts';

const cases = {
  'a time is read with its offset': [
    'select 1 where at >= {from_at:Timestamp}',
    "select 1 where at >= parseDateTime64BestEffort({from_at:String}, 6, 'UTC')",
  ],
  'other parameters keep their notation': [
    'select {name:Varchar}, {limit:Bigint}, {skew_ms:Double}, {linked:Boolean}, {ids:Array(Varchar)}',
    'select {name:String}, {limit:Int64}, {skew_ms:Float64}, {linked:Bool}, {ids:Array(String)}',
  ],
  'an id is text': ['select cast(null as uuid) as id', 'select cast(null as String) as id'],
  'a time is of microseconds': [
    'select cast(null as timestamptz) as at',
    "select cast(null as DateTime64(6, 'UTC')) as at",
  ],
  'a column of one table keeps its bare name': [
    'select a.id, b."timestamp" -- first\n, x_text(b.id) from a join b on a.id = b.id',
    'select a.id as id, b."timestamp" as "timestamp" -- first\n, x_text(b.id) from a join b on a.id = b.id',
  ],
  'inside parentheses and after distinct too': [
    'with n as (select distinct a.id from a) select n.id as name, max(n.id) from n group by n.id',
    'with n as (select distinct a.id as id from a) select n.id as name, max(n.id) from n group by n.id',
  ],
  'what looks like SQL in a text or a comment is none': [
    "select ' select a.id, b.id from ', a.id from a -- select a.id, b.id from c",
    "select ' select a.id, b.id from ', a.id as id from a -- select a.id, b.id from c",
  ],
  'the last order is that of the answer': [
    'select -n as n from t\n\norder by n desc\nlimit {limit:Bigint}',
    'select * from (\nselect -n as n from t\n\n)\norder by n desc\nlimit {limit:Int64}',
  ],
  'an order within parentheses is that of a part': [
    'select n from (\nselect n from t\norder by n\nlimit 1\n) as first',
    'select n from (\nselect n from t\norder by n\nlimit 1\n) as first',
  ],
} as const;

test.each(Object.entries(cases))('%s', (_, [sql, expected]) => {
  expect(toClickHouse(sql)).toBe(expected);
});

test('a parameter of another type is refused', () => {
  expect(() => toClickHouse('select {n:Int}')).toThrow(
    expect.objectContaining({
      message: "The parameter 'n' has the type 'Int', which is not one of ours.",
      fix: 'Use one of: Timestamp, Varchar, Bigint, Double, Boolean, Array(Varchar).',
    }),
  );
});
