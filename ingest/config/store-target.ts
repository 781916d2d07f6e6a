import { resolve } from 'node:path';
import type { YamlDocument } from '../../core/yaml-file.ts';
import type { Target } from '../../store/engines.ts';
import { configInvalid } from './document.ts';

/** Where the rows are kept. User and password are in no file: they come from the environment. */
export type StoreTarget = (DuckDbTarget | ClickHouseTarget) & {
  /** How much memory DuckDB may take, as it writes that; undefined: what we think enough. */
  readonly memoryLimit?: string;
};

export interface DuckDbTarget {
  readonly engine: 'duckdb';
  readonly path: string;
}

export interface ClickHouseTarget {
  readonly engine: 'clickhouse';
  /** Of its HTTP interface. */
  readonly url: string;
  readonly database: string;
  /** Over whose shards the tables are spread; undefined: one server has them. */
  readonly cluster?: string;
}

export interface StoreEntry {
  readonly engine?: 'duckdb' | 'clickhouse';
  readonly path?: string;
  readonly url?: string;
  readonly database?: string;
  readonly cluster?: string;
  readonly memory_limit?: string;
}

const DEFAULT_PATH = 'witness.duckdb';

/** The store of a config: a DuckDB file where nothing else is said. */
export function targetOf(document: YamlDocument, folder: string, entry: StoreEntry): StoreTarget {
  const limit = entry.memory_limit === undefined ? {} : { memoryLimit: entry.memory_limit };
  return { ...placeOf(document, folder, entry), ...limit };
}

/** The store, with who asks it: user and password come from the environment. */
export function withLogin(
  store: StoreTarget,
  env: Readonly<Record<string, string | undefined>>,
): Target {
  if (store.engine === 'duckdb') return store;
  return {
    ...store,
    user: env['CLICKHOUSE_USER'] || undefined,
    password: env['CLICKHOUSE_PASSWORD'] || undefined,
  };
}

function placeOf(
  document: YamlDocument,
  folder: string,
  entry: StoreEntry,
): DuckDbTarget | ClickHouseTarget {
  if (entry.engine !== 'clickhouse') {
    refuse(document, entry, ['url', 'database', 'cluster'], 'duckdb');
    const path = entry.path === undefined ? DEFAULT_PATH : resolve(folder, entry.path);
    return { engine: 'duckdb', path };
  }
  refuse(document, entry, ['path'], 'clickhouse');
  const { url, database, cluster } = entry;
  if (url === undefined || database === undefined) {
    throw configInvalid(
      document,
      ['store'],
      `a store of the engine 'clickhouse' needs '${url === undefined ? 'url' : 'database'}'.`,
      'Write it as \'{ engine: clickhouse, url: "https://clickhouse.example:8443", database: witness }\'.',
    );
  }
  const over = cluster === undefined ? {} : { cluster };
  return { engine: 'clickhouse', url: addressOf(document, url), database, ...over };
}

function refuse(
  document: YamlDocument,
  entry: StoreEntry,
  keys: readonly (keyof StoreEntry)[],
  engine: StoreTarget['engine'],
): void {
  const given = keys.find((key) => entry[key] !== undefined);
  if (given === undefined) return;
  const other = engine === 'duckdb' ? 'clickhouse' : 'duckdb';
  throw configInvalid(
    document,
    ['store', given],
    `'store.${given}' is of the engine '${other}', and the engine is '${engine}'.`,
    `Remove it, or write 'engine: ${other}'.`,
  );
}

function addressOf(document: YamlDocument, text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && (url.username !== '' || url.password !== '')) {
    throw configInvalid(
      document,
      ['store', 'url'],
      "'store.url' holds a user or a password.",
      'Take them out, and give them as CLICKHOUSE_USER and CLICKHOUSE_PASSWORD in the environment.',
    );
  }
  if (url !== undefined && /^https?:$/.test(url.protocol) && url.href === `${url.origin}/`) {
    return url.origin;
  }
  throw configInvalid(
    document,
    ['store', 'url'],
    "'store.url' is not the address of an HTTP interface.",
    "Write a scheme, a host and a port and nothing else, such as 'https://clickhouse.example:8443'.",
  );
}
