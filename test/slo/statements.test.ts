import { globSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { packageRoot } from '../../core/package-root.ts';
import { findSource, initialsOf, sourceNames } from '../../slo/sources.ts';
import { parameterNames, readSqlFile } from '../../store/sql-file.ts';
import { Store } from '../../store/store.ts';
import { broken, LOUD, SILENT } from '../queries/portable-sql.ts';

const paths = globSync('slo/*.sql', { cwd: packageRoot }).sort();
const reads = paths.filter((path) => !path.includes('record_'));

const DUCKDB_NAME: Readonly<Record<string, string>> = { timestamptz: 'TIMESTAMP WITH TIME ZONE' };

let store: Store;
beforeAll(async () => {
  store = await Store.inMemory();
});
afterAll(() => store.close());

test('there are statements to check', () => {
  expect(reads.length).toBeGreaterThan(3);
});

describe.each(reads)('%s', (path) => {
  const file = readSqlFile(path);

  test('has the parameters and columns that its header declares', async () => {
    const nulls = Object.fromEntries(file.params.map(({ name }) => [name, null]));

    const described = await store.query({ ...file, sql: `describe ${file.sql}` }, nulls);

    expect(parameterNames(file.sql).toSorted()).toEqual(
      file.params.map(({ name }) => name).toSorted(),
    );
    expect(described.map((column) => [column['column_name'], column['column_type']])).toEqual(
      file.columns.map(({ name, type }) => [name, DUCKDB_NAME[type] ?? type.toUpperCase()]),
    );
  });

  test('says nothing that the engines answer differently', () => {
    expect(broken(file.sql, [...SILENT, ...LOUD])).toEqual([]);
  });
});

describe('every source that a definition may name', () => {
  test.each(sourceNames())('%s is there, with its time and its evidence', async (name) => {
    const source = findSource(name);
    const from = source.file ? `(${source.file.sql})` : `"${name}"`;

    const columns = await store.query(
      { path: name, sql: `describe select * from ${from}`, header: {}, params: [], columns: [] },
      { ...initialsOf(source), from_at: null, to_at: null },
    );

    expect(source.evidence).not.toEqual([]);
    if (source.time !== null) {
      expect(columns).toContainEqual(
        expect.objectContaining({
          column_name: source.time,
          column_type: 'TIMESTAMP WITH TIME ZONE',
        }),
      );
    }
  });
});
