import { rm } from 'node:fs/promises';
import type { ParquetRows } from '../parquet-rows.ts';
import { quoted } from '../shared-file.ts';
import type { Store } from '../store.ts';
import type { ClickHouseConnection } from './connection.ts';
import { columnsOf } from './parquet.ts';

/**
 * Writes rows of a published table to a Parquet file as DuckDB writes it, with the types that they have there: who
 * reads the file cannot tell which engine they came from. The rows pass through a file beside it.
 */
export async function writeParquet(
  connection: ClickHouseConnection,
  near: Store,
  file: string,
  { table, at, order, range }: ParquetRows,
): Promise<number> {
  const columns = await columnsOf(near, table);
  const names = columns.map(({ name }) => `"${name}"`).join(', ');
  const where =
    range === undefined
      ? `${at} is null`
      : `${at} >= fromUnixTimestamp64Micro(${range.fromUs}, 'UTC') and ${at} < fromUnixTimestamp64Micro(${range.toUs}, 'UTC')`;
  const came = `${file}.came`;
  try {
    await connection.download(
      `select ${names} from ${table} where ${where} order by ${order}`,
      came,
    );
    const cast = columns.map(({ name, type }) => `cast("${name}" as ${type}) as "${name}"`);
    const [row] = await near.rows(
      `copy (select ${cast.join(', ')} from read_parquet(${quoted(came)})) to ${quoted(file)} (format parquet, compression zstd)`,
    );
    return Number(row?.['Count']);
  } finally {
    await rm(came, { force: true });
  }
}
