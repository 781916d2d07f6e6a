import { statSync } from 'node:fs';
import { isShortOfMemory } from './failures.ts';
import type { Store } from './store.ts';
import { PART_ROWS } from './vacuum.ts';

type Threaded = Pick<Store, 'rows' | 'script'>;

async function threadsOf(store: Threaded): Promise<number> {
  const [row] = await store.rows("select current_setting('threads') as threads");
  return Number(row?.['threads']);
}

/** Does `work` with one thread for each statement; afterwards there are as many again as before. */
export async function onOneThread<T>(store: Threaded, work: () => Promise<T>): Promise<T> {
  const threads = await threadsOf(store);
  if (threads === 1) return work();
  await store.script('set threads = 1');
  try {
    return await work();
  } finally {
    await store.script(`set threads = ${threads}`);
  }
}

/** Such a file holds about PART_ROWS events with their calls: an event and its share of them take 250 bytes. */
const SMALL_BYTES = 32 * 1024 ** 2;

/** The setting of who reads a small file: the same as below, before anything of it is known but its size. */
export function fewThreadsFor(path: string): Record<string, string> {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  return size <= SMALL_BYTES ? { threads: '1' } : {};
}

/**
 * Does `work` with one thread for each statement where its tables have no more than so many rows: one thread reads
 * such a table anyway, and to share out what follows takes longer than it does.
 */
export async function fewOnOneThread<T>(
  store: Store,
  rows: number,
  work: () => Promise<T>,
): Promise<T> {
  // Another engine shares its threads out by itself.
  return rows > PART_ROWS || store.generations !== undefined ? work() : onOneThread(store, work);
}

/**
 * Does once more, by one thread, what memory is too short for: each thread has parts of joins and sorts of its own.
 * When that does not help either, the first error tells.
 */
export async function sparingly<T>(store: Threaded, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isShortOfMemory(error)) throw error;
    try {
      if ((await threadsOf(store)) > 1) return await onOneThread(store, work);
    } catch {
      // Of two errors the first one tells more.
    }
    throw error;
  }
}
