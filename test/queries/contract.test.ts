import { globSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { packageRoot } from '../../core/package-root.ts';
import { parameterNames, readSqlFile } from '../../store/sql-file.ts';
import { Store } from '../../store/store.ts';
import { withoutTexts } from './portable-sql.ts';

const paths = globSync('queries/**/*.sql', { cwd: packageRoot })
  .map((path) => path.replaceAll('\\', '/'))
  .sort();

/** How DuckDB names the type that a header calls by its short name. */
const DUCKDB_NAME: Readonly<Record<string, string>> = { timestamptz: 'TIMESTAMP WITH TIME ZONE' };

/** The type in `{name:Type}` for each type of a header. */
const BOUND_AS: Readonly<Record<string, string>> = {
  timestamptz: 'Timestamp',
  varchar: 'Varchar',
  'varchar[]': 'Array(Varchar)',
  bigint: 'Bigint',
  double: 'Double',
  boolean: 'Boolean',
};

const READERS = ['SOC', 'SRE', 'FinOps'];

let store: Store;
beforeAll(async () => {
  store = await Store.inMemory();
});
afterAll(() => store.close());

test('there are questions for each reader', () => {
  for (const folder of ['soc', 'sre', 'finops']) {
    expect(paths.filter((path) => path.startsWith(`queries/${folder}/`)).length).toBeGreaterThan(5);
  }
});

describe.each(paths)('%s', (path) => {
  const file = readSqlFile(path);

  test('is named after its path and says what it is for', () => {
    expect(`queries/${file.header['name']}.sql`).toBe(path);
    expect(file.header['purpose']).toMatch(/^[A-Z].{10,}\.$/);
    expect(file.header['grain']).toBeTruthy();
    for (const reader of file.header['readers']?.split(', ') ?? ['']) {
      expect(READERS).toContain(reader);
    }
    for (const field of [...file.params, ...file.columns]) {
      expect(field.meaning, `meaning of ${field.name}`).not.toBe('');
    }
  });

  test('has the columns that its header declares', async () => {
    const nulls = Object.fromEntries(file.params.map(({ name }) => [name, null]));

    const described = await store.query({ ...file, sql: `describe ${file.sql}` }, nulls);

    expect(described.map((column) => [column['column_name'], column['column_type']])).toEqual(
      file.columns.map(({ name, type }) => [name, DUCKDB_NAME[type] ?? type.toUpperCase()]),
    );
  });

  test('is short of nothing but columns that it has', () => {
    const columns = file.columns.map(({ name }) => name);

    for (const name of file.header['brief']?.split(', ') ?? []) expect(columns).toContain(name);
  });

  test('uses the parameters that its header declares, with their types', () => {
    expect(parameterNames(file.sql).toSorted()).toEqual(
      file.params.map(({ name }) => name).toSorted(),
    );
    for (const { name, type } of file.params) {
      expect(file.sql, `${name} is ${type}`).toContain(`{${name}:${BOUND_AS[type]}}`);
    }
  });

  test('ends in an order, unless it is one row', () => {
    const lines = withoutTexts(file.sql).trimEnd().split('\n');
    const last = lines.findLastIndex((line) => line.startsWith('order by'));
    const isOneRow = file.header['grain'] === 'one row';
    const nothingFollows = lines.slice(last + 1).every((line) => line.startsWith(' '));
    expect(isOneRow || (last > 0 && nothingFollows)).toBe(true);
  });
});
