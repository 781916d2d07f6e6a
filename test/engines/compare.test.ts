import { expect, test } from 'vitest';
import type { Row } from '../../store/values.ts';
import { compare } from './compare.ts';

type Case = {
  readonly type: string;
  readonly other: string;
  readonly duckDb: readonly Row[string][];
  readonly clickHouse: readonly unknown[];
  readonly isOrdered?: boolean;
};

const differencesOf = ({ type, other, duckDb, clickHouse, isOrdered = false }: Case) =>
  compare(
    [{ name: 'x', type }],
    duckDb.map((x) => ({ x })),
    { columns: ['x'], types: [other], rows: clickHouse.map((x) => [x]) },
    { isOrdered },
  ).differences;

const text = { type: 'VARCHAR', other: 'Nullable(String)' };
const float = { type: 'DOUBLE', other: 'Float64' };
const money = { type: 'DECIMAL(38,12)', other: 'Nullable(Decimal(38, 12))' };
const time = { type: 'TIMESTAMP WITH TIME ZONE', other: "DateTime64(6, 'UTC')" };

const same: Readonly<Record<string, Case>> = {
  'rows in another order': { ...text, duckDb: ['a', 'b', 'b'], clickHouse: ['b', 'a', 'b'] },
  'a float that differs in its last digits': {
    ...float,
    duckDb: [0.3, 1],
    clickHouse: [0.1 + 0.2, 1],
  },
  'whole numbers of any width': {
    type: 'HUGEINT',
    other: 'UInt64',
    duckDb: [9_223_372_036_854_775_807n],
    clickHouse: ['9223372036854775807'],
  },
  'decimals with and without zeros at their end': {
    ...money,
    duckDb: ['1.500000000000', '10'],
    clickHouse: ['1.5', '10.000000000000'],
  },
  'a time with and without a fraction': {
    ...time,
    duckDb: ['2026-11-21T10:00:00Z', '2026-11-21T10:00:00.000001Z'],
    clickHouse: ['2026-11-21 10:00:00.000000', '2026-11-21 10:00:00.000001'],
  },
  'a comparison as truth': {
    type: 'BOOLEAN',
    other: 'Nullable(UInt8)',
    duckDb: [true, false, null],
    clickHouse: [1, 0, null],
  },
};

test.each(Object.entries(same))('%s: the same', (_, given) => {
  expect(differencesOf(given)).toEqual([]);
});

const different: Readonly<Record<string, readonly [Case, readonly string[]]>> = {
  'a value': [
    { ...text, duckDb: ['a', 'b'], clickHouse: ['a', 'c'] },
    [
      '2 rows in DuckDB, 2 in ClickHouse; 1 only in DuckDB, 1 only in ClickHouse',
      'x is "b" in DuckDB, "c" in ClickHouse, where the row begins ["b"]',
    ],
  ],
  'null and the empty text': [
    { ...text, duckDb: [null], clickHouse: [''] },
    [
      '1 rows in DuckDB, 1 in ClickHouse; 1 only in DuckDB, 1 only in ClickHouse',
      'x is null in DuckDB, "" in ClickHouse, where the row begins [null]',
    ],
  ],
  'a row that comes twice': [
    { ...text, duckDb: ['a'], clickHouse: ['a', 'a'] },
    [
      '1 rows in DuckDB, 2 in ClickHouse; 0 only in DuckDB, 1 only in ClickHouse',
      'only ClickHouse has ["a"]',
    ],
  ],
  'a row that is missing': [
    { ...text, duckDb: ['a', 'b'], clickHouse: ['a'] },
    [
      '2 rows in DuckDB, 1 in ClickHouse; 1 only in DuckDB, 0 only in ClickHouse',
      'only DuckDB has ["b"]',
    ],
  ],
  'an order that the statement gives': [
    { ...text, duckDb: ['a', 'b'], clickHouse: ['b', 'a'], isOrdered: true },
    ['2 rows in DuckDB, 2 in ClickHouse, in another order'],
  ],
  'a float by more than its last digits': [
    { ...float, duckDb: [1], clickHouse: [1.00000000001] },
    [
      '1 rows in DuckDB, 1 in ClickHouse; 1 only in DuckDB, 1 only in ClickHouse',
      'x is 1 in DuckDB, 1.00000000001 in ClickHouse, where the row begins [1]',
    ],
  ],
  'the last digit of an amount': [
    { ...money, duckDb: ['0.000000000001'], clickHouse: ['0.000000000002'] },
    [
      '1 rows in DuckDB, 1 in ClickHouse; 1 only in DuckDB, 1 only in ClickHouse',
      'x is "0.000000000001" in DuckDB, "0.000000000002" in ClickHouse, where the row begins ["0.000000000001"]',
    ],
  ],
  'a type': [
    { type: 'DECIMAL(38,12)', other: 'Float64', duckDb: ['1'], clickHouse: [1] },
    ['x is DECIMAL(38,12) in DuckDB and Float64 in ClickHouse'],
  ],
  'the scale of a decimal': [
    { type: 'DECIMAL(38,12)', other: 'Decimal(76, 24)', duckDb: ['1'], clickHouse: ['1'] },
    ['x is DECIMAL(38,12) in DuckDB and Decimal(76, 24) in ClickHouse'],
  ],
};

test.each(Object.entries(different))('%s: another', (_, [given, differences]) => {
  expect(differencesOf(given)).toEqual(differences);
});

test('a column of another name is a difference', () => {
  const { differences } = compare(
    [{ name: 'agent_id', type: 'VARCHAR' }],
    [],
    { columns: ['call.agent_id'], types: ['String'], rows: [] },
    { isOrdered: false },
  );

  expect(differences).toEqual([
    'the columns are agent_id in DuckDB and call.agent_id in ClickHouse',
  ]);
});
