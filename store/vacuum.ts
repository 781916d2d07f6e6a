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
  const before = await partsAtOnce(store);
  await store.script(`set max_vacuum_tasks = ${parts}`);
  try {
    const result = await work();
    await store.script('checkpoint');
    return result;
  } finally {
    await store.script(`set max_vacuum_tasks = ${before}`);
  }
}

/** So many parts of a table a checkpoint of this store writes again. */
async function partsAtOnce(store: Store): Promise<number> {
  const [row] = await store.rows("select current_setting('max_vacuum_tasks')::int as parts");
  return Number(row?.['parts']);
}

/** What a table is checkpointed in: only where there are several of these can holes be closed. */
export const PART_ROWS = 122_880;

/** Of the places of those tables that are more than a part, the largest share that rows have left. */
export async function shareOfHoles(store: Store, tables: readonly string[]): Promise<number> {
  // Of generations none is changed in its place.
  if (store.generations !== undefined) return 0;
  const counts = tables.map(
    (table) => `select count(*) as taken, coalesce(max(rowid) + 1, 0) as places from ${table}`,
  );
  const [row] = await store.rows(
    `select coalesce(max(1 - taken / places), 0) as share
     from (${counts.join(' union all ')}) where places > ${PART_ROWS}`,
  );
  return Number(row?.['share']);
}
