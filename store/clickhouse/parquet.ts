import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Claimant } from '../lease.ts';
import { inPassingFolder } from '../passing-folder.ts';
import { quoted } from '../shared-file.ts';
import type { Store } from '../store.ts';
import type { Row } from '../values.ts';
import type { ClickHouseConnection } from './connection.ts';

/** How a column of DuckDB is read where ClickHouse has another type for it. */
const READ_AS: Readonly<Record<string, string>> = {
  UUID: 'varchar',
  JSON: 'varchar',
};

export interface Column {
  readonly name: string;
  readonly type: string;
}

export async function columnsOf(store: Store, table: string): Promise<Column[]> {
  const rows = await store.rows(`select * from (describe ${table})`);
  return rows.map((row) => ({
    name: String(row['column_name']),
    type: String(row['column_type']),
  }));
}

/**
 * The rows of a table of DuckDB as Parquet, written by the engine itself; undefined where there are none. The file
 * that it passes through is nobody else's, and gone afterwards.
 */
export async function parquetOf(
  store: Store,
  table: string,
  self: Claimant | undefined,
  { where = 'true', extra = '' }: { readonly where?: string; readonly extra?: string } = {},
): Promise<Buffer | undefined> {
  const [count] = await store.rows(`select count(*) as rows from ${table} where ${where}`);
  if (count?.['rows'] === 0) return undefined;
  const columns = (await columnsOf(store, table)).map(({ name, type }) => {
    const other = READ_AS[type];
    return other === undefined ? `"${name}"` : `cast("${name}" as ${other}) as "${name}"`;
  });
  return inPassingFolder(self, async (folder) => {
    const file = join(folder, 'rows.parquet');
    await store.run(
      `copy (select ${extra}${columns.join(', ')} from ${table} where ${where}) to ${quoted(file)} (format parquet, compression zstd)`,
    );
    return readFile(file);
  });
}

/** Adds the rows that ClickHouse answers with to a table of DuckDB, by the names of its columns. */
export async function bringInto(
  store: Store,
  table: string,
  connection: ClickHouseConnection,
  sql: string,
): Promise<void> {
  const { rows } = await connection.select(sql);
  if (rows.length === 0) return;
  const types = new Map((await columnsOf(store, table)).map(({ name, type }) => [name, type]));
  const names = Object.keys(rows[0] ?? {});
  const read = names.map((name) => `'${name}': '${textual(types.get(name))}'`).join(', ');
  const cast = names.map((name) => `cast("${name}" as ${types.get(name)}) as "${name}"`);
  await inPassingFolder(connection.self, async (folder) => {
    const file = join(folder, 'rows.ndjson');
    await writeFile(file, rows.map(asLine).join(''));
    await store.run(
      `insert into ${table} by name select ${cast.join(', ')}
       from read_json(${quoted(file)}, format = 'newline_delimited', columns = {${read}})`,
    );
  });
}

/** Texts that are not read as JSON: a tag list is one already. */
const textual = (type: string | undefined): string =>
  type === 'BOOLEAN' ? 'BOOLEAN' : type === 'DOUBLE' ? 'DOUBLE' : 'VARCHAR';

function asLine(row: Row): string {
  return `${JSON.stringify(row, (_, value) => (typeof value === 'bigint' ? String(value) : value))}\n`;
}
