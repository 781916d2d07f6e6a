import { UserError } from '../../core/errors.ts';
import type { ClickHouseConnection } from './connection.ts';
import type { Place } from './failures.ts';
import { everywhere } from './spread.ts';

/** What answers over several servers depend on beside the settings of one. */
export const CLUSTER_SETTINGS: Readonly<Record<string, string | number>> = {
  // Rows are where they belong before an insert is over, and never on one shard by chance.
  distributed_foreground_insert: 1,
  insert_distributed_one_random_shard: 0,
  insert_shard_id: 0,
  parallel_distributed_insert_select: 0,
  // A shard that is away is an error, not a smaller answer.
  skip_unavailable_shards: 0,
  distributed_group_by_no_merge: 0,
  optimize_skip_unused_shards: 0,
  // A statement that every server runs is over when all have run it.
  distributed_ddl_output_mode: 'throw',
  distributed_ddl_task_timeout: 3600,
};

/** The tables that say over how many shards a database is spread, made before all others. */
const SHARDS = 'cluster_shards';

/** Of a database that is being made, tables by which it is known as ours. */
export const FIRST_TABLES: readonly string[] = [
  'schema_versions',
  'schema_versions_local',
  SHARDS,
  `${SHARDS}_local`,
];

interface Shard {
  readonly no: number;
  readonly weight: number;
  readonly replicas: number;
}

/** Makes sure that the cluster is there, that rows can be spread over it, and that each shard has the database. */
export async function checkCluster(connection: ClickHouseConnection): Promise<void> {
  const { place } = connection;
  const { url, database, cluster } = place;
  if (cluster === undefined) return;
  const shards = await shardsOf(connection);
  if (shards.length === 0) {
    const { rows } = await connection.select(
      'select distinct cluster from system.clusters order by cluster',
    );
    const known = rows.map((row) => `'${row['cluster']}'`).join(', ') || 'none';
    throw new UserError(
      'store_unreadable',
      `ClickHouse at ${url} has no cluster '${cluster}'; it has ${known}.`,
      "Correct 'store.cluster' in the config; a single server, or ClickHouse Cloud, works without it.",
    );
  }
  if (shards.some(({ replicas }) => replicas > 1)) {
    throw new UserError(
      'store_unreadable',
      `Shards of the cluster '${cluster}' of ClickHouse at ${url} have replicas, which is not supported yet.`,
      "Name a cluster with one server a shard in 'store.cluster'.",
    );
  }
  const { rows } = await connection.select(
    `select count() as found from ${everywhere(place, 'system.databases')} where name = {database:String}`,
    { database },
  );
  if (Number(rows[0]?.['found']) === shards.length) return;
  throw new UserError(
    'store_unreadable',
    `Not every shard of the cluster '${cluster}' of ClickHouse at ${url} has the database '${database}'.`,
    `Make it on all of them: CREATE DATABASE ${database} ON CLUSTER '${cluster}'.`,
  );
}

async function shardsOf(connection: ClickHouseConnection): Promise<Shard[]> {
  const { rows } = await connection.select(
    `select shard_num, any(shard_weight) as weight, count() as replicas
     from system.clusters where cluster = {cluster:String} group by shard_num order by shard_num`,
    { cluster: connection.place.cluster ?? '' },
  );
  return rows.map((row) => ({
    no: Number(row['shard_num']),
    weight: Number(row['weight']),
    replicas: Number(row['replicas']),
  }));
}

/** Notes over which shards a database is spread, unless that is noted: on others its rows would not be found. */
export async function noteShards(connection: ClickHouseConnection): Promise<void> {
  if (connection.place.cluster === undefined) return;
  await connection.command(
    `create table if not exists ${SHARDS} (shard_no UInt32, weight UInt32) engine = MergeTree order by shard_no`,
  );
  if ((await notedShards(connection)) !== '') return;
  const rows = (await shardsOf(connection)).map(({ no, weight }) => `(${no}, ${weight})`);
  await connection.command(`insert into ${SHARDS} values ${rows.join(', ')}`);
}

async function notedShards(connection: ClickHouseConnection): Promise<string> {
  const { rows } = await connection.select(
    `select distinct shard_no, weight from ${SHARDS} order by shard_no`,
  );
  return inWords(rows.map((row) => Number(row['weight'])));
}

/**
 * Refuses a database that is of one server where the config names a cluster, or the other way round, or of other shards:
 * a copy of an event would come to another shard than the one before, and be counted twice.
 */
export async function refuseOtherShards(
  connection: ClickHouseConnection,
  engine: string,
): Promise<void> {
  const { place } = connection;
  const over = /^Distributed\('([^']*)'/.exec(engine)?.[1];
  if (over !== place.cluster) throw otherLayout(place, over);
  if (over === undefined) return;
  const [noted, now] = [
    await notedShards(connection),
    inWords((await shardsOf(connection)).map(({ weight }) => weight)),
  ];
  if (noted === now) return;
  throw new UserError(
    'store_unreadable',
    `The database '${place.database}' of ClickHouse at ${place.url} is spread over ${noted}; the cluster '${over}' has ${now}.`,
    "Move it into another database of the cluster with 'mcp-witness migrate', or name a cluster of the shards that it has.",
  );
}

/** '2 shards', or with weights: '2 shards (weights 1, 3)'. */
function inWords(weights: readonly number[]): string {
  if (weights.length === 0) return '';
  const count = `${weights.length} ${weights.length === 1 ? 'shard' : 'shards'}`;
  return weights.every((weight) => weight === 1)
    ? count
    : `${count} (weights ${weights.join(', ')})`;
}

function otherLayout({ url, database, cluster }: Place, over: string | undefined): UserError {
  const is = `The database '${database}' of ClickHouse at ${url} is`;
  if (over === undefined) {
    return new UserError(
      'store_unreadable',
      `${is} of one server, and the config names the cluster '${cluster}'.`,
      "Take 'store.cluster' out of the config, or move the store into another database with 'mcp-witness migrate'.",
    );
  }
  return new UserError(
    'store_unreadable',
    `${is} spread over the cluster '${over}', and the config names ${cluster === undefined ? 'none' : `the cluster '${cluster}'`}.`,
    `Write 'cluster: ${over}' in 'store' of the config.`,
  );
}
