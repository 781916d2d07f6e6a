import type { Row } from '../values.ts';
import type { ClickHouseConnection } from './connection.ts';
import { removeRows } from './remove-rows.ts';
import { everywhere, local } from './spread.ts';
import { placeOf, stored } from './tables.ts';

/** Rows that nobody has named after so long are those of a process that is gone. */
const ABANDONED_MS = 86_400_000;
/** With more rows than this, those of `generations` that say nothing any more are deleted. */
const MOST_NAMES = 20_000;

/**
 * Drops partitions of generations that are not shown any more, but for those that were until `generation` was:
 * somebody may be reading them.
 */
export async function dropSuperseded(
  connection: ClickHouseConnection,
  generation: number,
  tables: readonly string[],
): Promise<void> {
  const shown = await shownGenerations(connection, tables);
  const isOld = ({ table, own, day }: Partition): boolean => {
    const { newest = 0, before = 0 } = shown.get(`${table}/${day}`) ?? {};
    const isRead = own === before && newest === generation;
    return own < newest ? !isRead : own > newest && own < generation - ABANDONED_MS;
  };
  await drop(connection, (await partitionsOf(connection, tables)).filter(isOld));
  await forgetNames(connection);
}

/** Drops what was written and is not to be shown. */
export async function dropGeneration(
  connection: ClickHouseConnection,
  generation: number,
  tables: readonly string[],
): Promise<void> {
  const partitions = await partitionsOf(connection, tables);
  await drop(
    connection,
    partitions.filter(({ own }) => own === generation),
  );
}

interface Partition {
  readonly table: string;
  readonly own: number;
  readonly day: number;
  readonly id: string;
}

async function partitionsOf(
  connection: ClickHouseConnection,
  tables: readonly string[],
): Promise<Partition[]> {
  const { place } = connection;
  const names = new Map(tables.map(stored).map((table) => [local(place, table), table]));
  const { rows } = await connection.select(
    `select distinct table, partition, partition_id
     from ${everywhere(place, 'system.parts')}
     where database = {database:String} and active and table in ({tables:Array(String)})`,
    { database: place.database, tables: [...names.keys()] },
  );
  return rows.map(({ table, partition, partition_id: id }) => {
    const [own = 0, day = 0] = (String(partition).match(/\d+/g) ?? []).map(Number);
    return { table: names.get(String(table)) ?? '', own, day, id: String(id) };
  });
}

async function drop(
  connection: ClickHouseConnection,
  partitions: readonly Partition[],
): Promise<void> {
  for (const [table, each] of Map.groupBy(partitions, (partition) => partition.table)) {
    const drops = each.map(({ id }) => `drop partition id '${id}'`);
    await connection.command(`alter table ${table} ${drops.join(', ')}`);
  }
}

/** By table and day, the two newest generations that were named. */
async function shownGenerations(
  connection: ClickHouseConnection,
  tables: readonly string[],
): Promise<ReadonlyMap<string, { readonly newest: number; readonly before: number }>> {
  const { rows } = await connection.select(
    `select table_name, day, arrayReverseSort(groupUniqArray(generation)) as generations
     from generations
     where table_name in ({tables:Array(String)})
     group by table_name, day`,
    { tables },
  );
  return new Map(
    rows.map(({ table_name: table, day, generations }: Row) => {
      const [newest = 0, before = 0] = (generations as unknown[]).map(Number);
      return [`${stored(String(table))}/${day}`, { newest, before }];
    }),
  );
}

async function forgetNames(connection: ClickHouseConnection): Promise<void> {
  const { rows } = await connection.select('select count() as names from generations');
  if (Number(rows[0]?.['names']) <= MOST_NAMES) return;
  await removeRows(
    connection,
    'generations',
    `where (table_name, day, generation) not in (
       select table_name, day, max(generation) from ${placeOf(connection, 'generations')} group by table_name, day)`,
  );
}
