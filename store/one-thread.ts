import type { Store } from './store.ts';
import { PART_ROWS } from './vacuum.ts';

/**
 * Does `work` with one thread for each statement where its tables have no more than so many rows: one thread reads
 * such a table anyway, and to share out what follows takes longer than it does.
 */
export async function onOneThread<T>(
  store: Store,
  rows: number,
  work: () => Promise<T>,
): Promise<T> {
  // Another engine shares its threads out by itself.
  if (rows > PART_ROWS || store.generations !== undefined) return work();
  const [row] = await store.rows("select current_setting('threads') as threads");
  const threads = Number(row?.['threads']);
  if (threads === 1) return work();
  await store.script('set threads = 1');
  try {
    return await work();
  } finally {
    await store.script(`set threads = ${threads}`);
  }
}
