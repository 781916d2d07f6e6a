import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import type { ClickHouseConnection } from './connection.ts';
import { EVIDENCE, stored } from './tables.ts';

/** Rows of one table, as Parquet. */
export interface Part {
  readonly table: string;
  readonly rows: Buffer;
}

/**
 * Commits rows of several tables as one. ClickHouse knows no transaction over tables, but one insert of one partition
 * is whole or not there: the parts of a commit are written down with one insert, and then put where they belong.
 * Whoever opens the store to add to it finishes what somebody else could not.
 */
export async function commit(
  connection: ClickHouseConnection,
  parts: readonly Part[],
): Promise<void> {
  if (parts.length === 0) return;
  const id = randomUUID();
  const rows = Buffer.concat(
    parts.flatMap(({ table, rows: bytes }) => [text(id), text(table), text(bytes)]),
  );
  await connection.insert('commits', 'RowBinary', Readable.from([rows]), id);
  await put(connection, id, parts);
}

/** Puts rows where they belong; again changes nothing. */
async function put(
  connection: ClickHouseConnection,
  id: string,
  parts: readonly Part[],
): Promise<void> {
  const byPlace = (part: Part): number => EVIDENCE.indexOf(part.table);
  for (const { table, rows } of [...parts].sort((a, b) => byPlace(a) - byPlace(b))) {
    await connection.insert(stored(table), 'Parquet', Readable.from([rows]), `${id}/${table}`);
  }
  await connection.command(`alter table commits drop partition '${id}'`);
}

/** Finishes commits whose process was stopped after it had committed. */
export async function finishCommits(connection: ClickHouseConnection): Promise<void> {
  const { rows: ids } = await connection.select('select distinct commit_id from commits');
  for (const { commit_id: id } of ids) {
    const { rows } = await connection.select(
      `select table_name, base64Encode(rows_parquet) as encoded
       from commits where commit_id = {id:String}`,
      { id: String(id) },
    );
    const parts = rows.map(({ table_name: table, encoded }) => ({
      table: String(table),
      rows: Buffer.from(String(encoded), 'base64'),
    }));
    await put(connection, String(id), parts);
  }
}

/** A text of RowBinary: its length in groups of seven bits, then its bytes. */
function text(value: string | Buffer): Buffer {
  const bytes = Buffer.from(value as string);
  const length: number[] = [];
  for (let rest = bytes.length; ; rest = Math.floor(rest / 128)) {
    length.push((rest % 128) | (rest >= 128 ? 128 : 0));
    if (rest < 128) break;
  }
  return Buffer.concat([Buffer.from(length), bytes]);
}
