import { availableParallelism } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '../core/errors.ts';
import { inSpan } from '../core/own-telemetry.ts';
import type { Config } from '../ingest/config/config.ts';
import type { UnreadFiles } from '../ingest/transports/unread-files.ts';
import type { Store } from '../store/store.ts';
import { AbsentFiles } from './absent-files.ts';
import { type Staying, stayAtHub } from './due-sources.ts';
import { ExitCode } from './exit-codes.ts';
import type { ReadingOn } from './hub-pipeline.ts';
import type { Io } from './io.ts';
import { addToStore, updateStore } from './open.ts';
import type { CommonOptions } from './options.ts';
import { ensureSources, ingestSources, type Watching } from './pipeline.ts';

type Update = (store: Store, config: Config) => Promise<void>;

/** Between two updates, however quick they are. */
const MIN_PAUSE_MS = 500;
/** A hub that is read on and on is told of so often, also where there is no terminal. */
const TELL_EVERY_MS = 60_000;
/** What the next turn may find otherwise. */
const PASSING: readonly UserError['code'][] = ['source_unreachable', 'store_busy'];

/**
 * Reads every source to its end and calls `update`; from then on reads on, and calls `update` beside that
 * whenever something was stored. The database is held for commits and as `update` says; otherwise
 * others can read it. Ends when it is stopped, or by what no repetition mends.
 */
export async function watch(
  options: CommonOptions,
  everyMs: number,
  io: Io,
  update: Update,
): Promise<void> {
  const { UnreadFiles } = await import('../ingest/transports/unread-files.ts');
  const unread = new UnreadFiles();
  const absent = new AbsentFiles();
  const ending = new AbortController();
  const own = changed(io, { signal: AbortSignal.any([io.signal, ending.signal]) });
  const news = new News();
  const goOn = async (reading: Store, updating: Store, config: Config): Promise<void> => {
    const staying = () => stayAtHub(config, everyMs, unread);
    // Once to its end, or as far as others let it.
    const leaving = () => ({ ...staying(), goesOn: () => false });
    own.signal.addEventListener('abort', () => updating.close());
    const read = (stay: () => Staying) =>
      inSpan('turn', {}, () =>
        readSources(reading, config, { unread, absent }, () => withNews(stay(), news, own), own),
      );
    await read(leaving);
    absent.begin();
    news.add();
    await untilOneEnds(ending, [
      () => readOn(config, everyMs, () => read(staying), news, own.signal),
      () => updateOn(() => inSpan('turn', {}, () => update(updating, config)), news, own),
    ]);
  };
  io.isStoppable = true;
  // Each of the two has a store of its own: what one waits for does not hold up the other.
  await addToStore(
    options,
    io,
    (reading) =>
      updateStore(options, io, (updating, config) => goOn(reading, updating, config), {
        // What reads must not wait for a processor.
        threads: Math.max(1, availableParallelism() - 1),
      }),
    ensureSources,
  ).finally(() => {
    io.isStoppable = false;
  });
  io.exitCode = ExitCode.interrupted;
}

function withNews({ onCommitted, ...stay }: Staying, news: News, io: Io): ReadingOn {
  return {
    ...stay,
    onCommitted: () => {
      onCommitted();
      news.add();
    },
    warn: (text) => io.err(text),
  };
}

/** Reads event hubs without a pause, and files once in a while. */
async function readOn(
  { sources }: Config,
  everyMs: number,
  read: () => Promise<Turn>,
  news: News,
  signal: AbortSignal,
): Promise<void> {
  const hasHubs = sources.some(({ kind }) => kind === 'event-hubs');
  while (!signal.aborted) {
    const { stored, isWhole } = await read();
    if (stored > 0) news.add();
    if (!hasHubs || !isWhole) await pause(everyMs, signal);
  }
}

/**
 * Updates whenever there is news, and again where that failed and may pass. In between it pauses for as
 * long as it took: what reads and what asks has half of the time for itself.
 */
async function updateOn(update: () => Promise<void>, news: News, io: Io): Promise<void> {
  while (await news.came(io.signal)) {
    const began = performance.now();
    try {
      if (!(await passing(io, () => update().then(() => true)))) news.add();
      await pause(Math.max(performance.now() - began, MIN_PAUSE_MS), io.signal);
    } catch (error) {
      // It was stopped: what it had not published, the next correlation makes.
      if (!io.signal.aborted) throw error;
    }
  }
}

/** Whether something was stored since the last time somebody asked. */
class News {
  #came = Promise.withResolvers<void>();

  add(): void {
    this.#came.resolve();
  }

  /** Waits for news, or until it is stopped. */
  async came(signal: AbortSignal): Promise<boolean> {
    const stop = () => this.#came.resolve();
    signal.addEventListener('abort', stop);
    if (signal.aborted) stop();
    await this.#came.promise;
    signal.removeEventListener('abort', stop);
    this.#came = Promise.withResolvers();
    return !signal.aborted;
  }
}

/** Does all of it beside one another; when one ends, the others are stopped. Throws what the first failed with. */
async function untilOneEnds(
  ending: AbortController,
  all: readonly (() => Promise<void>)[],
): Promise<void> {
  const ends = all.map((work) => work().finally(() => ending.abort()));
  const failed = (await Promise.allSettled(ends)).find(({ status }) => status === 'rejected');
  if (failed?.status === 'rejected') throw failed.reason;
}

/** What the turns of a watch know of files. */
interface Known {
  readonly unread: UnreadFiles;
  readonly absent: AbsentFiles;
}

/** One look at all sources. */
interface Turn {
  readonly stored: number;
  /** Every source could be read. */
  readonly isWhole: boolean;
}

/** Says what it read only where there was something. */
async function readSources(
  store: Store,
  config: Config,
  { unread, absent }: Known,
  readOn: Watching['readOn'],
  io: Io,
): Promise<Turn> {
  const said: string[] = [];
  let isWhole = true;
  let toldAt = performance.now();
  const quiet = changed(io, {
    err: (text: string) => said.push(text),
    progress: (text: string) => {
      io.progress(text);
      if (performance.now() - toldAt < TELL_EVERY_MS) return;
      toldAt = performance.now();
      io.err(`${text}\n`);
    },
  });
  const { received, stored } = await ingestSources(store, config, quiet, {
    unread,
    readOn,
    passing: async (work) => {
      try {
        const done = await passing(io, work);
        if (done === undefined) isWhole = false;
        return done;
      } catch (error) {
        if (!absent.isWhy(error, io)) throw error;
        return undefined;
      }
    },
  });
  absent.endTurn();
  if (received > 0) for (const text of said) io.err(text);
  return { stored, isWhole };
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

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}

/** An outside in which some things are others; whether work is stoppable is said once, for all of it. */
function changed(io: Io, others: Readonly<Record<string, unknown>>): Io {
  return new Proxy(io, {
    get: (all, key) => (Object.hasOwn(others, key) ? others[String(key)] : Reflect.get(all, key)),
    set: (all, key, value) => key === 'isStoppable' || Reflect.set(all, key, value),
  });
}
