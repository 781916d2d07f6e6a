import type { Store } from './store.ts';

/**
 * Does `work` and checkpoints it while rows stay where they are: rows that were deleted leave holes, which a
 * checkpoint would close by writing whole parts of the table again.
 */
export async function withoutVacuum<T>(store: Store, work: () => Promise<T>): Promise<T> {
  await store.script('set max_vacuum_tasks = 0');
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
