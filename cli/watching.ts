import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '../core/errors.ts';
import { inSpan } from '../core/own-telemetry.ts';
import type { Config } from '../ingest/config/config.ts';
import type { IngestSummary } from '../ingest/ingest-files.ts';
import type { UnreadFiles } from '../ingest/transports/unread-files.ts';
import type { Store } from '../store/store.ts';
import { ExitCode } from './exit-codes.ts';
import type { Io } from './io.ts';
import { addToStore } from './open.ts';
import type { CommonOptions } from './options.ts';
import { ensureSources, ingestSources } from './pipeline.ts';

type Update = (store: Store, config: Config) => Promise<void>;

/** What the next turn may find otherwise. */
const PASSING: readonly UserError['code'][] = ['source_unreachable', 'store_busy'];

/**
 * Reads every source again and again, each from where it was left, and calls `update` after every turn
 * that stored something, and after the first. The database is held for commits and for the update;
 * between them others can read it. Ends when it is stopped, or by what no repetition mends.
 */
export async function watch(
  options: CommonOptions,
  everyMs: number,
  io: Io,
  update: Update,
): Promise<void> {
  const { UnreadFiles } = await import('../ingest/transports/unread-files.ts');
  const unread = new UnreadFiles();
  let isStale = true;
  const turn = async (): Promise<void> => {
    const ingested = await passing(io, () => readSources(options, unread, io));
    if (io.signal.aborted) return;
    isStale ||= (ingested?.stored ?? 0) > 0;
    if (isStale) {
      const isDone = await passing(io, async () => {
        await addToStore(options, io, update);
        return true;
      });
      isStale = isDone !== true;
    }
  };
  do {
    await inSpan('turn', {}, turn);
    await pause(everyMs, io);
  } while (!io.signal.aborted);
  io.exitCode = ExitCode.interrupted;
}

/** Says what it read only where there was something. */
async function readSources(
  options: CommonOptions,
  unread: UnreadFiles,
  io: Io,
): Promise<IngestSummary> {
  const said: string[] = [];
  const hold = (text: string) => said.push(text);
  const quiet = new Proxy(io, {
    get: (all, key) => (key === 'err' ? hold : Reflect.get(all, key)),
  });
  const summary = await addToStore(
    options,
    io,
    (store, config) => ingestSources(store, config, quiet, unread),
    ensureSources,
  );
  if (summary.received > 0) for (const text of said) io.err(text);
  return summary;
}

/** Does work of which the next turn makes up for a failure that passes; such a failure is told. */
async function passing<T>(io: Io, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof UserError) || !PASSING.includes(error.code)) throw error;
    io.err(`warning: ${error.message}\n  fix: ${error.fix}\n`);
    return undefined;
  }
}

async function pause(ms: number, io: Io): Promise<void> {
  io.isStoppable = true;
  await sleep(ms, undefined, { signal: io.signal }).catch(() => undefined);
  io.isStoppable = false;
}
