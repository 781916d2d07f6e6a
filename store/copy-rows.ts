import type { Store } from './store.ts';

/** So many rows are found by their places; with more the engine takes longer for the list than for the table. */
const PLACES_AT_ONCE = 1_000;

/**
 * Adds to `target` the rows of `source` whose `id` is one of `ids`, a table of that one column. Few of many are
 * fetched by their place, for the engine reads every column of all rows before it compares ids.
 */
export async function copyRows(
  store: Store,
  source: string,
  target: string,
  id: string,
  ids: string,
): Promise<void> {
  await store.script(
    `create or replace temp table places as
     select rowid as place from ${source} where ${id} in (from ${ids})`,
  );
  const [row] = await store.rows('select count(*) as places from places');
  const areFew = Number(row?.['places']) <= PLACES_AT_ONCE;
  if (areFew) await store.script(`set dynamic_or_filter_threshold = ${PLACES_AT_ONCE}`);
  await store.run(
    `insert into ${target} select * from ${source}
     where ${areFew ? 'rowid in (select place from places)' : `${id} in (from ${ids})`}`,
  );
  await store.script('reset dynamic_or_filter_threshold; drop table places');
}
