import { UserError } from '../core/errors.ts';
import type { TimeWindow } from '../core/window.ts';
import { parseDuration, parseInstant } from '../core/window.ts';
import type { Config } from '../ingest/config/config.ts';
import type { Store } from '../store/store.ts';
import type { Io } from './io.ts';
import type { CommonOptions, WindowOptions } from './options.ts';

export interface Opened {
  readonly store: Store;
  readonly config: Config;
}

/** Bounds DuckDB's own memory; what it cannot hold it spills, raw records excepted (see ingest). */
const MEMORY_LIMIT = '1200MB';

/** The config that was named, or is here, or the defaults. */
export async function readConfig({ config }: CommonOptions): Promise<Config> {
  const { loadConfig } = await import('../ingest/config/config.ts');
  return loadConfig(config);
}

/** --db, then MCP_WITNESS_DB, then the config, then ./witness.duckdb. */
export function databasePath({ db }: CommonOptions, config: Config, io: Io): string {
  return db ?? (io.env['MCP_WITNESS_DB'] || config.store.path);
}

/** Opens the database for a question. */
export async function openToRead(options: CommonOptions, io: Io): Promise<Opened> {
  const config = await readConfig(options);
  const { Store } = await import('../store/store.ts');
  return { store: await Store.openToRead(databasePath(options, config, io)), config };
}

/** Opens the database to add to it; makes it when it is not there. */
export async function openToWrite(options: CommonOptions, io: Io): Promise<Opened> {
  const config = await readConfig(options);
  const { Store } = await import('../store/store.ts');
  const path = databasePath(options, config, io);
  return { store: await Store.openToWrite(path, { memoryLimit: MEMORY_LIMIT }), config };
}

/** What a listing covers when nothing is said. */
const DEFAULT_SPAN = '30d';

/** The window that was asked for; without an end it ends with the evidence. Said on stderr. */
export async function windowOf(
  store: Store,
  { from, to, since }: WindowOptions,
  io: Io,
): Promise<TimeWindow> {
  if (from !== undefined && since !== undefined) {
    throw new UserError(
      'usage_invalid',
      '--from and --since say the same thing.',
      'Give one of the two.',
    );
  }
  const now = io.now();
  const end = to === undefined ? await evidenceEndOr(store, now) : parseInstant(to, now);
  const start =
    from === undefined
      ? new Date(end.getTime() - parseDuration(since ?? DEFAULT_SPAN))
      : parseInstant(from, now);
  if (start.getTime() >= end.getTime()) {
    throw new UserError(
      'usage_invalid',
      `The window from ${start.toISOString()} to ${end.toISOString()} is empty.`,
      'Choose a start that is before the end.',
    );
  }
  io.err(`window: ${start.toISOString()} to ${end.toISOString()}\n`);
  return { from: start.toISOString(), to: end.toISOString() };
}

async function evidenceEndOr(store: Store, now: Date): Promise<Date> {
  const { evidenceEnd } = await import('../slo/evidence-end.ts');
  return (await evidenceEnd(store)) ?? now;
}
