import { UserError } from '../core/errors.ts';
import type { Config } from '../ingest/config/config.ts';
import type { Target } from '../store/engines.ts';
import type { Store, StoreOptions } from '../store/store.ts';
import { commandLine } from './command-line.ts';
import type { Io } from './io.ts';
import type { CommonOptions } from './options.ts';
import { ensureKey, settleRedaction } from './redaction.ts';

/** What a command does with the open database. */
type Work<T> = (store: Store, config: Config) => Promise<T>;

/** Bounds DuckDB's own memory where the config does not; what it cannot hold it spills, raw records excepted (see ingest). */
const MEMORY_LIMIT = '1200MB';
/** Of a pull from Log Analytics, however large the table: more would only be filled. */
export const PULL_MEMORY = '600MB';

const memoryLimitOf = ({ store }: Config): string => store.memoryLimit ?? MEMORY_LIMIT;

/** The config that was named, or is here, or the defaults. */
export async function readConfig({ config }: CommonOptions): Promise<Config> {
  const { loadConfig } = await import('../ingest/config/config.ts');
  return loadConfig(config);
}

/** --db, then MCP_WITNESS_DB, then the config, then ./witness.duckdb. */
async function targetOf({ db }: CommonOptions, config: Config, io: Io): Promise<Target> {
  const path = db ?? (io.env['MCP_WITNESS_DB'] || undefined);
  return path === undefined ? targetIn(config, io) : { engine: 'duckdb', path };
}

async function targetIn({ store }: Config, { env }: Io): Promise<Target> {
  const { withLogin } = await import('../ingest/config/store-target.ts');
  return withLogin(store, env);
}

/** Opens the database for questions. */
export async function readStore<T>(options: CommonOptions, io: Io, work: Work<T>): Promise<T> {
  const config = await readConfig(options);
  const target = await targetOf(options, config, io);
  const { openToRead } = await import('../store/engines.ts');
  const { memoryLimit } = config.store;
  using store = await openToRead(target, { self: io.self, ...(memoryLimit && { memoryLimit }) });
  await sayChanged(store, config, options, io);
  return await work(store, config);
}

/** An answer is by the inventory and the prices that the last correlation took in. */
async function sayChanged(
  store: Store,
  config: Config,
  options: CommonOptions,
  io: Io,
): Promise<void> {
  const { changedFiles } = await import('../ingest/config/changed-files.ts');
  const changed = await changedFiles(store, config);
  if (changed.length === 0) return;
  io.err(
    `${changed.join(' and ')}: not what the database holds; to take it in: ${commandLine(io, 'correlate', options)}\n`,
  );
}

type Ensure = (config: Config) => void;

interface Needs extends Pick<StoreOptions, 'threads' | 'memoryLimit'> {
  /** A mistyped name would be a new database, in which nothing is to be done. */
  readonly isThere?: boolean;
}

/** Opens the database to change it; makes it when it is not there and the config passes `ensure`. */
export async function writeStore<T>(
  options: CommonOptions,
  io: Io,
  work: Work<T>,
  ensure?: Ensure,
  needs?: Needs,
): Promise<T> {
  return openWith('openToWrite', options, io, work, ensure, needs);
}

/** As `writeStore`, for a database that is there. */
export async function changeStore<T>(options: CommonOptions, io: Io, work: Work<T>): Promise<T> {
  return writeStore(options, io, work, undefined, { isThere: true });
}

/** As `writeStore`, for work that adds by and by: others can read the database meanwhile. */
export async function addToStore<T>(
  options: CommonOptions,
  io: Io,
  work: Work<T>,
  ensure?: Ensure,
  needs?: Needs,
): Promise<T> {
  return openWith('openToAdd', options, io, work, ensure, needs);
}

/** As `writeStore`, for work that others can read and add beside. */
export async function updateStore<T>(
  options: CommonOptions,
  io: Io,
  work: Work<T>,
  needs?: Needs,
): Promise<T> {
  return openWith('openToUpdate', options, io, work, undefined, needs);
}

async function openWith<T>(
  open: 'openToWrite' | 'openToAdd' | 'openToUpdate',
  options: CommonOptions,
  io: Io,
  work: Work<T>,
  ensure: Ensure = () => undefined,
  { isThere = false, ...limits }: Needs = {},
): Promise<T> {
  const config = await readConfig(options);
  ensure(config);
  const target = await targetOf(options, config, io);
  if (target.engine === 'clickhouse') ensureKeyGiven(io);
  else if (isThere) await ensureFile(target.path);
  const engines = await import('../store/engines.ts');
  const settings = { memoryLimit: memoryLimitOf(config), self: io.self, ...limits };
  const openIt = () => engines[open](target, settings, config.redaction.pseudonymise);
  let store = await openIt();
  try {
    if (open !== 'openToAdd' && !store.isFile) {
      await ensureKey(store, io, { isUsed: false });
      return await work(store, config);
    }
    const { redaction, isRewritten } = await settleRedaction(store, config, io, {
      adds: open === 'openToAdd',
    });
    if (isRewritten && store.isFile) {
      store.close();
      const { Store } = await import('../store/store.ts');
      await Store.rewrite(store.path, settings);
      store = await openIt();
    }
    return await work(store, { ...config, redaction });
  } finally {
    store.close();
  }
}

/** Where a config keeps its rows, and within how much memory they are written there. */
export interface Place {
  readonly target: Target;
  readonly memoryLimit: string;
}

/** The place that a config names, whatever database is named otherwise. */
export async function placeNamed(name: string, io: Io): Promise<Place> {
  const config = await readConfig({ config: name });
  return { target: await targetIn(config, io), memoryLimit: memoryLimitOf(config) };
}

/** Writes a database file anew, without what was removed from it. */
export async function rewriteStore(path: string, config: Config, io: Io): Promise<void> {
  const { Store } = await import('../store/store.ts');
  await Store.rewrite(path, { memoryLimit: memoryLimitOf(config), self: io.self });
}

async function ensureFile(path: string): Promise<void> {
  const { ensureDatabase } = await import('../store/schema.ts');
  ensureDatabase(path);
}

function ensureKeyGiven({ env }: Io): void {
  if (env['MCP_WITNESS_KEY']) return;
  throw new UserError(
    'input_missing',
    'MCP_WITNESS_KEY is not set: a database of ClickHouse has no folder in which the key of its hashes could be kept.',
    "Make one, such as with 'openssl rand -hex 32', and give the same to every process that writes to it.",
  );
}
