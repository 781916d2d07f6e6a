import { expect, test } from 'vitest';
import { readSqlFile } from '../../store/sql-file.ts';

test('a file that uses another has it in front as a CTE of its name, without its order', () => {
  const { sql } = readSqlFile('queries/finops/unpriced.sql');
  const before = sql.slice(sql.indexOf('\nwith\n'), sql.indexOf('unpriced_charges as ('));

  expect(before).toMatch(/^\nwith\n\ncharges as \(\n-- name: +finops\/charges\n/);
  expect(before).toContain('model_charges as (');
  expect(before).not.toMatch(/^order by/m);
});

test('what several rest on is there once for each that names it', () => {
  const { sql } = readSqlFile('queries/finops/charges.sql');
  expect(sql.match(/^price_periods as \($/gm)).toHaveLength(2);
});

test('a file that uses none is as it was written', () => {
  const { sql } = readSqlFile('queries/soc/timeline.sql');
  expect(sql.startsWith('-- name:    soc/timeline\n')).toBe(true);
  expect(sql.trimEnd().endsWith('order by "timestamp", call_id')).toBe(true);
});
