import type { Store } from './store.ts';

/**
 * Does `work` and checkpoints it. Rows that were deleted leave holes, which a checkpoint closes by writing whole
 * parts of a table again: of so many parts at most. With none every row stays where it is.
 */
export async function withVacuum<T>(
  store: Store,
  parts: number,
  work: () => Promise<T>,
): Promise<T> {
  await store.script(`set max_vacuum_tasks = ${parts}`);
  try {
    const result = await work();
    await store.script('checkpoint');
    return result;
  } finally {
    await store.script('reset max_vacuum_tasks');
  }
}

/** The share of a table's places that rows have left. */
export async function shareOfHoles(store: Store, table: string): Promise<number> {
  const [row] = await store.rows(
    `select count(*) as taken, max(rowid) + 1 as places from ${table}`,
  );
  const taken = Number(row?.['taken']);
  return taken === 0 ? 0 : 1 - taken / Number(row?.['places']);
}
