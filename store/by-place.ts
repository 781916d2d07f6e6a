import type { Store } from './store.ts';

/** So many rows are found by their places; with more the engine takes longer for the list than for the table. */
const PLACES_AT_ONCE = 20_000;

/** A condition that holds for the same rows; where days are apart, it names theirs, and all others are left alone. */
export async function narrowed(store: Store, source: string, condition: string): Promise<string> {
  return store.generations === undefined
    ? condition
    : store.generations.narrowed(source, condition);
}

/**
 * Reads the rows of `source` for which a condition holds: `read` is given one that finds the same rows. Few of many
 * are fetched by their place, for the engine reads every column of all rows before it compares ids; where days are
 * apart, they are fetched from theirs.
 */
export async function byPlace<T>(
  store: Store,
  source: string,
  condition: string,
  read: (condition: string) => Promise<T>,
): Promise<T> {
  if (store.generations !== undefined) return read(await narrowed(store, source, condition));
  await store.run(
    `create or replace temp table places as select rowid as place from ${source} where ${condition}`,
  );
  const [row] = await store.rows('select count(*) as places from places');
  const areFew = Number(row?.['places']) <= PLACES_AT_ONCE;
  if (areFew) await store.script(`set dynamic_or_filter_threshold = ${PLACES_AT_ONCE}`);
  try {
    return await read(areFew ? 'rowid in (select place from places)' : condition);
  } finally {
    await store.script('reset dynamic_or_filter_threshold; drop table places');
  }
}
