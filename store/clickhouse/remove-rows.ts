import { setTimeout as sleep } from 'node:timers/promises';
import type { ClickHouseConnection } from './connection.ts';
import { everywhere, local } from './spread.ts';

const LOOK_EVERY_MS = 200;

/**
 * Deletes rows of a table, and is back when they are gone. On a cluster they are waited for here: a statement that all
 * servers run would hold up those behind it, commits among them, until the last server is done.
 */
export async function removeRows(
  connection: ClickHouseConnection,
  table: string,
  which: string,
): Promise<void> {
  const { place } = connection;
  if (place.cluster === undefined) {
    return connection.command(`alter table ${table} delete ${which} settings mutations_sync = 2`);
  }
  await connection.command(`alter table ${table} delete ${which}`);
  for (;;) {
    const { rows } = await connection.select(
      `select count() as mutations, max(latest_fail_reason) as failure
       from ${everywhere(place, 'system.mutations')}
       where database = {database:String} and table = {table:String} and not is_done`,
      { database: place.database, table: local(place, table) },
    );
    const { mutations, failure } = rows[0] ?? {};
    if (Number(mutations) === 0) return;
    if (failure) throw new Error(`rows of ${table} cannot be removed: ${failure}`);
    await sleep(LOOK_EVERY_MS);
  }
}
