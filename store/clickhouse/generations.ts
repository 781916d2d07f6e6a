import type { ClickHouseConnection } from './connection.ts';
import { stored } from './tables.ts';

/** How rows of one generation get into the table behind a published name. */
export type Fill = (generation: number) => Promise<void>;

/**
 * Replaces whole tables, all at once: their rows are written as a new generation that nobody sees, then one insert
 * says of all of them that it is the one that counts. A process that is killed before leaves rows that are never shown.
 * The generation before stays for who is reading it; older ones are dropped.
 */
export async function replaceTables(
  connection: ClickHouseConnection,
  fills: Readonly<Record<string, Fill>>,
): Promise<void> {
  const tables = Object.keys(fills);
  if (tables.length === 0) return;
  const generation = await nextGeneration(connection);
  for (const fill of Object.values(fills)) await fill(generation);
  const rows = tables.map((table) => `('${table}', ${generation})`).join(', ');
  await connection.command(`insert into generations values ${rows}`);
  for (const table of tables) await dropOld(connection, table);
}

/** Numbers are times, so that two processes at once do not take the same; the later of them is the one that counts. */
async function nextGeneration(connection: ClickHouseConnection): Promise<number> {
  const { rows } = await connection.select(
    `select greatest(
       toUInt64(toUnixTimestamp64Milli(now64(3))),
       (select coalesce(max(generation), 0) from generations) + 1
     ) as generation`,
  );
  return Number(rows[0]?.['generation']);
}

async function dropOld(connection: ClickHouseConnection, table: string): Promise<void> {
  const { rows } = await connection.select(
    `select distinct partition_id
     from system.parts
     where database = currentDatabase() and table = {table:String} and active
       and toUInt64(extract(partition, '[0-9]+')) < (
         select coalesce(min(generation), 0) from (
           select generation from generations
           where table_name = {name:String}
           order by generation desc
           limit 2
         )
       )`,
    { table: stored(table), name: table },
  );
  for (const { partition_id: id } of rows) {
    await connection.command(`alter table ${stored(table)} drop partition id '${id}'`);
  }
}
