import { byPlace } from '../store/by-place.ts';
import type { Change } from '../store/publishing.ts';
import type { Store } from '../store/store.ts';
import { countOf, createTableAs, runFile } from './run-step.ts';

/** Rows of a published table that are made anew. */
export interface Renewal {
  readonly table: string;
  /** The column by which its rows are told apart; without one the table is published as a whole. */
  readonly key?: string | undefined;
  /** Which of the published rows these take the place of, as a condition; all when absent. */
  readonly replaced?: string | undefined;
}

/** Tables of so many columns that the rows to be replaced are best found first. */
const WIDE: ReadonlySet<string> = new Set(['correlated_calls', 'auth_attempts']);

/** The temporary table of what was made anew. */
export const madeOf = (table: string): string => `made_${table}`;
const changedOf = (table: string): string => `changed_${table}`;
const cameOf = (table: string): string => `came_${table}`;

/** The temporary tables that the changes of these tables need. */
export function changeTables(tables: readonly string[]): string[] {
  return tables.flatMap((table) => [madeOf(table), changedOf(table), cameOf(table)]);
}

/** Makes rows of a published table by its .sql file; they stay in a temporary one, whose name is returned. */
export async function makeRows(store: Store, table: string): Promise<string> {
  const made = madeOf(table);
  const empty = `select * from ${await store.published(table)} limit 0`;
  await store.run(`create or replace temp table ${made} as ${empty}`);
  await runFile(store, `insert into ${made} by name`, `correlate/results/${table}.sql`);
  return made;
}

/** Lets later steps see a table as it will be published: a view of its name stands before it. */
export async function seeAsMade(store: Store, { table, replaced }: Renewal): Promise<void> {
  const others = `select * from ${await store.published(table)} where not coalesce(${replaced}, false) union all`;
  await store.standBefore(
    table,
    `${replaced === undefined ? '' : others} select * from ${madeOf(table)}`,
  );
}

/**
 * Compares `made`, a table with or without a condition, with the rows that it is to take the place of. What differs is
 * all that publishing has to touch, however much was made anew. Undefined: nothing does.
 */
export async function changeOf(
  store: Store,
  { table, key, replaced }: Renewal,
  made: string,
): Promise<Change | undefined> {
  const all = await store.published(table);
  const isEmpty = (await countOf(store, all)) === 0;
  if (isEmpty)
    return (await countOf(store, made)) === 0 ? undefined : { table, gone: undefined, came: made };
  const changed = changedOf(table);
  // By key and a hash of the whole row, which takes no memory to speak of. Rows that are alike are counted, so that none
  // comes or goes unseen; two rows of one key that differ are taken for alike once in 2^64.
  const compare = (isReplaced: string): Promise<number> =>
    createTableAs(
      store,
      changed,
      `select * exclude (content)
       from (
         select ${key ?? 'true as one'}, hash(*columns(* exclude (side))) as content, sum(side) as side
         from (
           select *, 1 as side from (from ${made})
           union all by name
           select *, -1 as side from ${all} where ${isReplaced}
         )
         group by all
         having sum(side) <> 0
       )`,
    );
  const changes = await (store.generations !== undefined
    ? store.generations.compare(changed, { table, key, replaced: replaced ?? 'true', made })
    : WIDE.has(table) && replaced !== undefined
      ? byPlace(store, all, replaced, compare)
      : compare(replaced ?? 'true'));
  if (changes === 0) return undefined;
  if (key === undefined) return { table, gone: 'true', came: made };
  const isChanged = `${key} in (select ${key} from ${changed})`;
  const came = cameOf(table);
  await store.run(`create or replace temp table ${came} as
     select * from (select * from ${made}) as made where ${isChanged}`);
  return { table, gone: isChanged, came };
}

/** How many rows will not be there any more as they are. */
export async function revisedBy(store: Store, change: Change | undefined): Promise<number> {
  if (change?.gone === undefined) return 0;
  return countOf(store, `${changedOf(change.table)} where side < 0`);
}

/** The tables whose changes others watch by the hour. */
export const WATCHED: ReadonlySet<string> = new Set(['correlated_calls', 'auth_attempts']);

/** Gives the hours of the rows that go and that come a version of their own. */
async function noteHours(
  store: Store,
  table: string,
  gone: string | undefined,
  came: string,
): Promise<void> {
  const leaving =
    gone === undefined ? '' : `union all select "timestamp" from ${table} where ${gone}`;
  await store.run(
    `create or replace temp table touched_hours as
     select distinct epoch_us("timestamp") // 3600000000 as hour_no
     from (select "timestamp" from ${came} ${leaving})`,
  );
  const [row] = await store.rows(
    'select coalesce(max(version), 0) + 1 as version from changed_hours',
  );
  await store.run(
    'delete from changed_hours where table_name = $table and hour_no in (select hour_no from touched_hours)',
    { table },
  );
  await store.run(
    'insert into changed_hours select $table, hour_no, $version::bigint from touched_hours',
    { table, version: Number(row?.['version']) },
  );
  await store.run('drop table touched_hours');
}

/** Puts what differs into the table. */
export async function publishChange(store: Store, { table, gone, came }: Change): Promise<void> {
  if (WATCHED.has(table)) await noteHours(store, table, gone, came);
  if (gone !== undefined) await store.run(`delete from ${table} where ${gone}`);
  await store.run(`insert into ${table} by name from ${came}`);
}
