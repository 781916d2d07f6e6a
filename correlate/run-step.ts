import { readSqlFile } from '../store/sql-file.ts';
import type { Parameter, Row, Store } from '../store/store.ts';
import type { Step } from './steps.ts';

type Parameters = Readonly<Record<string, Parameter>>;

/** Runs `prefix` followed by the statement of one .sql file. */
export async function runFile(
  store: Store,
  prefix: string,
  path: string,
  params: Parameters = {},
): Promise<Row[]> {
  const file = readSqlFile(path);
  return store.query({ ...file, sql: `${prefix}\n${file.sql}` }, params);
}

/** Runs a statement of our own that has parameters. */
export async function runText(store: Store, sql: string, params: Parameters): Promise<void> {
  await store.query({ path: 'correlate', sql, header: {}, params: [], columns: [] }, params);
}

/** Keeps the result of one .sql file as a temporary table. Returns how many rows that has. */
export async function createTable(
  store: Store,
  name: string,
  path: string,
  params: Parameters = {},
): Promise<number> {
  return countIn(await runFile(store, `create or replace temp table ${name} as`, path, params));
}

/** Keeps the result of a `select` as a temporary table. Returns how many rows that has. */
export async function createTableAs(store: Store, name: string, select: string): Promise<number> {
  return countIn(await store.rows(`create or replace temp table ${name} as ${select}`));
}

/** Runs one step, as the table or view that later steps read. */
export async function runStep(store: Store, step: Step, params: Parameters): Promise<void> {
  await runFile(store, `create or replace temp ${step.as} ${step.name} as`, step.path, params);
}

/** The number of rows of one of our own tables. */
export async function countOf(store: Store, table: string): Promise<number> {
  return countIn(await store.rows(`select count(*) as "Count" from ${table}`));
}

/** DuckDB answers a statement that writes with how many rows it wrote. */
function countIn([row]: readonly Row[]): number {
  return Number(row?.['Count'] ?? 0);
}

/** Lets go of temporary tables. */
export async function dropTables(store: Store, names: readonly string[]): Promise<void> {
  await store.dropTemporary('table', names);
}

/** Lets go of temporary views. */
export async function dropViews(store: Store, names: readonly string[]): Promise<void> {
  await store.dropTemporary('view', names);
}
