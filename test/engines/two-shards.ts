import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What the cluster is called that the engine in this process is. */
export const CLUSTER = 'pair';

const server = (port: number): string =>
  `<replica><host>127.0.0.1</host><port>${port}</port></replica>`;
const SHARD = `<shard>${server(9000)}</shard>`;

/** Other clusters that the engine is told of: what a config may not name, and one of which a server does not answer. */
const OTHERS = `
<one>${SHARD}</one>
<replicated><shard>${server(9000)}${server(9000)}</shard></replicated>
<halved>${SHARD}<shard>${server(1)}</shard></halved>`;

/** What the engine is started with so that it is both shards of a cluster. */
export function twoShards(folder: string): readonly string[] {
  const file = join(folder, 'config.xml');
  writeFileSync(
    file,
    `<clickhouse><tcp_port>9000</tcp_port><remote_servers>
<${CLUSTER}>${SHARD}${SHARD}</${CLUSTER}>${OTHERS}
</remote_servers></clickhouse>`,
  );
  return [`--config-file=${file}`];
}

/** One Distributed table: what it stands for, and by what its rows are spread. */
const DISTRIBUTED = /engine = Distributed\('\w+', '(\w+)', '(\w+)', (.*)\)$/;

const ON_CLUSTER = new RegExp(
  `^((?:create|drop|truncate|alter)\\b[\\w. ]*?) on cluster '${CLUSTER}'`,
);

/**
 * Both shards are one engine, with one table where each would have its own: of it a shard sees the rows that
 * `Distributed` brought there, by the key in the statement that made it. Where it is not told so, a filter says it.
 */
export class Shards {
  readonly #keys = new Map<string, string>();

  /** A statement for all servers of the cluster is one for this one: the engine has no Keeper to ask them by. */
  taken(sql: string): string {
    const [, database, table, key] = DISTRIBUTED.exec(sql) ?? [];
    if (database && table && key) this.#keys.set(`${database}.${table}`, key);
    return sql.replace(ON_CLUSTER, '$1');
  }

  /** The setting under which a shard sees its own rows. */
  filters(): string {
    const each = [...this.#keys].map(([table, key]) => `'${table}': '${key} % 2 = shardNum() - 1'`);
    return `set additional_table_filters = {${each.join(', ')}}`;
  }

  /** Of rows that come to both shards the second half would be taken for the first come again. */
  isSpread(database: string, table: string): boolean {
    return (this.#keys.get(`${database}.${table}_local`) ?? '0') !== '0';
  }
}
