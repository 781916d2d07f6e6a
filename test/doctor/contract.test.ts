import { globSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { packagePath, packageRoot } from '../../core/package-root.ts';
import { CHECKS } from '../../doctor/checks.ts';
import { parameterNames, readSqlFile } from '../../store/sql-file.ts';
import { Store } from '../../store/store.ts';
import { broken, LOUD, SILENT, STYLE, withoutTexts } from '../queries/portable-sql.ts';

const paths = globSync('doctor/**/*.sql', { cwd: packageRoot })
  .map((path) => path.replaceAll('\\', '/'))
  .sort();
const DUCKDB_NAME: Readonly<Record<string, string>> = { timestamptz: 'TIMESTAMP WITH TIME ZONE' };

let store: Store;
beforeAll(async () => {
  store = await Store.inMemory();
});
afterAll(() => store.close());

test('there are questions', () => {
  expect(paths.length).toBeGreaterThan(8);
});

describe.each(paths)('%s', (path) => {
  const file = readSqlFile(path);

  test('does what its header declares', async () => {
    const nulls = Object.fromEntries(file.params.map(({ name }) => [name, null]));
    const described = await store.query({ ...file, sql: `describe ${file.sql}` }, nulls);

    expect(`${file.header['name']}.sql`).toBe(path);
    expect(file.header['purpose']).toMatch(/^[A-Z].{10,}\.$/);
    expect(described.map((column) => [column['column_name'], column['column_type']])).toEqual(
      file.columns.map(({ name, type }) => [name, DUCKDB_NAME[type] ?? type.toUpperCase()]),
    );
    expect(parameterNames(file.sql)).toEqual(file.params.map(({ name }) => name));
  });

  test('ends in an order, unless it is one row, and keeps to what the engines share', () => {
    const lines = withoutTexts(file.sql).trimEnd().split('\n');

    expect(file.header['grain'] === 'one row' || lines.at(-1)?.startsWith('order by')).toBe(true);
    expect(broken(file.sql, [...SILENT, ...LOUD, ...STYLE])).toEqual([]);
  });
});

test('each check has a name of its own, and asks something', () => {
  const names = CHECKS.map(({ name }) => name);

  expect(new Set(names).size).toBe(names.length);
  for (const { name, asks } of CHECKS) {
    expect(name).toMatch(/^[a-z]+(-[a-z]+)*$/);
    expect(asks).toMatch(/^[A-Z].*\?$/);
  }
});

test('every file of a check is in the list', () => {
  const files = globSync('doctor/*/*.ts', { cwd: packageRoot }).filter((path) =>
    /^export const \w+: Check =/m.test(readFileSync(packagePath(path), 'utf8')),
  );

  expect(files).toHaveLength(CHECKS.length);
});

test('the page has each check with what it asks', () => {
  const page = readFileSync(packagePath('docs', 'doctor.md'), 'utf8');

  expect(CHECKS.filter(({ name, asks }) => !page.includes(`| \`${name}\` | ${asks} |`))).toEqual(
    [],
  );
});
