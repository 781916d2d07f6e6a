import { byPlace, narrowed } from '../store/by-place.ts';
import type { Store } from '../store/store.ts';
import type { Outside } from './ladder.ts';
import { makeCalls, type Run, seeAll, seeOnly } from './run.ts';
import { countOf, createTable, runFile } from './run-step.ts';
import type { Since } from './state.ts';

/** So often may the calls at hand turn out to touch still others before everything is looked at. */
const MAX_ATTEMPTS = 8;

/** The tables of this file. */
export const REOPEN_TABLES: readonly string[] = [
  'reopened',
  'reopened_events',
  'near_lines',
  'config_events',
  'fresh',
  'unread',
  'reached',
];

/** The evidence without what no step of correlation reads, for each column takes its time to be fetched. */
const READ_COLUMNS = `* exclude (
  source_rank, content_hash, batch_id, record_no, received_at, token_id, is_truncated,
  client_version, cache_status, request_bytes, response_bytes, response_body_logged_bytes)`;

/** What a second look was taken at. */
export interface Reopened {
  readonly events: number;
  readonly toolCallEvents: number;
}

/**
 * Finds what the new evidence can touch and makes calls of that alone; the temporary table `reopened`
 * says which events those are. What can be touched is known for certain only once the calls are made:
 * when they reach further than was thought, more is re-opened and they are made again. Returns
 * undefined where it would be more than `maxEvents`.
 */
export async function makeTouchedCalls(
  run: Run,
  since: Since,
  maxEvents: number,
): Promise<Reopened | undefined> {
  const { store } = run;
  if (since.newEvents > maxEvents) return undefined;
  await reachNew(run, since);
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
    if (!(await reopenReached(store, maxEvents))) return undefined;
    const events = await countOf(store, 'reopened');
    if (events === 0) return { events, toolCallEvents: 0 };
    await createTable(store, 'unread', 'correlate/reopen/unread_events.sql');
    await byPlace(store, 'events', 'event_id in (select event_id from unread)', (isUnread) =>
      store.run(`insert into reopened_events select ${READ_COLUMNS} from events where ${isUnread}`),
    );
    await seeOnly(store, 'reopened_events');
    const toolCallEvents = await makeCalls(run, outsideOf(run));
    if (toolCallEvents !== undefined) return { events, toolCallEvents };
    await seeAll(store);
  }
  return undefined;
}

/**
 * Reaches for the new evidence itself and what it has a link to, for all of an API that is an MCP endpoint no
 * more or is one now, and for what the new evidence is likely to touch by time.
 */
async function reachNew({ store, settings }: Run, { lastBatch }: Since): Promise<void> {
  const seen = { batch_id: lastBatch };
  // All that is new lies together: this way it is found faster than one by one.
  const isNew = await narrowed(store, 'events', `batch_id > ${lastBatch}`);
  await store.run(
    `create or replace temp table reopened_events as
     select ${READ_COLUMNS} from events where ${isNew}`,
  );
  await store.run('create or replace temp table reopened (event_id uuid)');
  await createTable(store, 'fresh', 'correlate/reopen/new_events.sql', seen);
  await store.run('create or replace temp table reached as select distinct event_id from fresh');
  await runFile(store, 'insert into reached', 'correlate/reopen/linked_events.sql');
  await runFile(store, 'insert into reached', 'correlate/reopen/turned_apis.sql');
  await runFile(store, 'insert into reached', 'correlate/reopen/foreseen_clocks.sql', seen);
  await createTable(store, 'lines', 'correlate/reopen/foreseen_lines.sql', {
    ...seen,
    skew_ms: settings.skew_ms,
  });
}

/**
 * Re-opens what was reached with all that is tied to it, and the lines of calls that these stand in, until
 * none leads on. Says whether it is within `maxEvents`.
 */
async function reopenReached(store: Store, maxEvents: number): Promise<boolean> {
  do {
    await runFile(store, 'insert into reopened', 'correlate/reopen/grouped_events.sql');
    if ((await countOf(store, 'reopened')) > maxEvents) return false;
  } while (await findStirred(store));
  return true;
}

/** Says whether closed calls stand in one line with re-opened ones; `reached` holds them. */
async function findStirred(store: Store): Promise<boolean> {
  await createTable(store, 'near_lines', 'correlate/reopen/near_lines.sql');
  return (await createTable(store, 'reached', 'correlate/reopen/stirred_lines.sql')) > 0;
}

function outsideOf({ store }: Run): Outside {
  return {
    addDifferences: async () => {
      await runFile(
        store,
        'insert into server_differences by name',
        'correlate/reopen/closed_differences.sql',
      );
    },
    keepsClocks: async () => {
      await createTable(store, 'reached', 'correlate/reopen/moved_clocks.sql');
      await runFile(store, 'insert into reached', 'correlate/reopen/moved_spreads.sql');
      return (await countOf(store, 'reached')) === 0;
    },
    keepsSessions: async () => {
      await seeAll(store);
      const mates = await createTable(store, 'reached', 'correlate/reopen/session_mates.sql');
      await seeOnly(store, 'reopened_events');
      return mates === 0;
    },
    keepsLines: async () => !(await findStirred(store)),
  };
}
