import type { Config } from '../ingest/config/config.ts';
import type { Store, StoreOptions } from '../store/store.ts';
import type { Io } from './io.ts';
import type { CommonOptions } from './options.ts';
import { settleRedaction } from './redaction.ts';

/** What a command does with the open database. */
type Work<T> = (store: Store, config: Config) => Promise<T>;

/** Bounds DuckDB's own memory; what it cannot hold it spills, raw records excepted (see ingest). */
const MEMORY_LIMIT = '1200MB';
/** Of a pull from Log Analytics, however large the table: more would only be filled. */
export const PULL_MEMORY = '600MB';

/** The config that was named, or is here, or the defaults. */
export async function readConfig({ config }: CommonOptions): Promise<Config> {
  const { loadConfig } = await import('../ingest/config/config.ts');
  return loadConfig(config);
}

/** --db, then MCP_WITNESS_DB, then the config, then ./witness.duckdb. */
export function databasePath({ db }: CommonOptions, config: Config, io: Io): string {
  return db ?? (io.env['MCP_WITNESS_DB'] || config.store.path);
}

/** Opens the database for questions. */
export async function readStore<T>(options: CommonOptions, io: Io, work: Work<T>): Promise<T> {
  const config = await readConfig(options);
  const { Store } = await import('../store/store.ts');
  using store = await Store.openToRead(databasePath(options, config, io), {
    self: io.self,
  });
  const { refuseOlder } = await import('../store/schema.ts');
  await refuseOlder(store);
  return await work(store, config);
}

type Ensure = (config: Config) => void;
type Limits = Pick<StoreOptions, 'threads' | 'memoryLimit'>;

/** Opens the database to change it; makes it when it is not there and the config passes `ensure`. */
export async function writeStore<T>(
  options: CommonOptions,
  io: Io,
  work: Work<T>,
  ensure?: Ensure,
): Promise<T> {
  return openWith('openToWrite', options, io, work, ensure);
}

/** As `writeStore`, for work that adds by and by: others can read the database meanwhile. */
export async function addToStore<T>(
  options: CommonOptions,
  io: Io,
  work: Work<T>,
  ensure?: Ensure,
  limits?: Limits,
): Promise<T> {
  return openWith('openToAdd', options, io, work, ensure, limits);
}

async function openWith<T>(
  open: 'openToWrite' | 'openToAdd',
  options: CommonOptions,
  io: Io,
  work: Work<T>,
  ensure: Ensure = () => undefined,
  limits: Limits = {},
): Promise<T> {
  const config = await readConfig(options);
  ensure(config);
  const { Store } = await import('../store/store.ts');
  const path = databasePath(options, config, io);
  const settings = { memoryLimit: MEMORY_LIMIT, self: io.self, ...limits };
  const openIt = () => Store[open](path, settings);
  let store = await openIt();
  try {
    const { redaction, isRewritten } = await settleRedaction(store, config, io);
    if (isRewritten) {
      store.close();
      await Store.rewrite(path, settings);
      store = await openIt();
    }
    return await work(store, { ...config, redaction });
  } finally {
    store.close();
  }
}
