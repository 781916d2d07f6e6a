import type { Change, Generations } from '../store/publishing.ts';
import type { Store } from '../store/store.ts';
import { madeOf, WATCHED } from './changes.ts';
import type { Publication } from './publish.ts';
import { runText } from './run-step.ts';
import { isNoted, type RunCounts, type Since } from './state.ts';

/** The temporary tables of this file. */
export const NOTE_TABLES: readonly string[] = [
  'correlation_state',
  'correlation_runs',
  'changed_hours',
].map(madeOf);

/** What is to be published, and what is to be noted of it. */
export interface Noted {
  readonly publication: Publication;
  readonly since: Since;
  readonly counts: RunCounts;
}

/** Where there are no transactions: publishes all of it at once, with the notes. Says whether it did. */
export async function publishAsGeneration(
  store: Store,
  generations: Generations,
  { publication, since, counts }: Noted,
  isAsRead: () => Promise<boolean>,
): Promise<boolean> {
  const { changes, byRung } = publication;
  const noted = [await stateAsChange(store, since)];
  if (isNoted(counts)) {
    const calls = Object.values(byRung).reduce((sum, each) => sum + each, 0);
    noted.push(await runAsChange(store, counts, calls));
  }
  const watched = changes.filter(({ table }) => WATCHED.has(table));
  if (watched.length > 0) noted.push(await hoursAsChange(store, watched));
  return generations.publish([...changes, ...noted], isAsRead);
}

async function stateAsChange(store: Store, since: Since): Promise<Change> {
  const table = 'correlation_state';
  await runText(
    store,
    `create or replace temp table ${madeOf(table)} as
     select {batch_id:Bigint} as batch_id, {events:Bigint} as events, {fingerprint:Varchar} as fingerprint`,
    { batch_id: since.batch, events: since.events, fingerprint: since.fingerprint },
  );
  return { table, gone: 'true', came: madeOf(table) };
}

async function runAsChange(store: Store, counts: RunCounts, calls: number): Promise<Change> {
  const table = 'correlation_runs';
  await runText(
    store,
    `create or replace temp table ${madeOf(table)} as
     select
         cast((select count(*) from correlation_runs) + 1 as bigint) as run_no,
         {is_rebuild:Boolean} as is_rebuild,
         {new_events:Bigint} as new_events,
         {reopened_events:Bigint} as reopened_events,
         {calls:Bigint} as calls,
         {revised_calls:Bigint} as revised_calls`,
    {
      is_rebuild: counts.isRebuild,
      new_events: counts.newEvents,
      reopened_events: counts.reopenedEvents,
      calls,
      revised_calls: counts.revisedCalls,
    },
  );
  return { table, gone: undefined, came: madeOf(table) };
}

/** The hours of the rows that go and that come have a version of their own. */
async function hoursAsChange(store: Store, changes: readonly Change[]): Promise<Change> {
  const table = 'changed_hours';
  const rows = changes.flatMap(({ table: changed, gone, came }, no) =>
    [came, ...(gone === undefined ? [] : [`${changed} where ${gone}`])].map(
      (from) =>
        `select {table_${no}:Varchar} as table_name, x_div(x_us("timestamp"), 3600000000) as hour_no from ${from}`,
    ),
  );
  await runText(
    store,
    `create or replace temp table ${madeOf(table)} as
     select table_name, hour_no, (select coalesce(max(version), 0) + 1 from changed_hours) as version
     from (${rows.join(' union distinct ')}) as touched`,
    Object.fromEntries(changes.map(({ table: changed }, no) => [`table_${no}`, changed])),
  );
  return {
    table,
    gone: `(table_name, hour_no) in (select table_name, hour_no from ${madeOf(table)})`,
    came: madeOf(table),
  };
}
