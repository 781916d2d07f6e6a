import type { Store } from '../store/store.ts';
import type { Outside } from './ladder.ts';
import { makeCalls, type Run } from './run.ts';
import { countOf, createTable, dropTables, runFile } from './run-step.ts';
import type { Since } from './state.ts';

/** So often may the calls at hand turn out to touch still others before everything is looked at. */
const MAX_ATTEMPTS = 8;

/** The tables of this file; `events` and `correlated_calls` stand before those of the store. */
export const REOPEN_TABLES: readonly string[] = [
  'events',
  'correlated_calls',
  'reopened',
  'fresh',
  'links',
  'followed_links',
  'fresh_links',
  'reached',
  'moved_sessions',
  'touched_sessions',
];

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
  await begin(run, since);
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
    if (!(await followAll(run, maxEvents))) return undefined;
    const events = await countOf(store, 'reopened');
    if (events === 0) return { events, toolCallEvents: 0 };
    await createTable(store, 'events', 'correlate/reopen/events.sql');
    const toolCallEvents = await makeCalls(run, outsideOf(run));
    if (toolCallEvents !== undefined) return { events, toolCallEvents };
    await dropTables(store, ['events']);
    await reopenReached(store);
  }
  return undefined;
}

/**
 * Re-opens the new evidence itself, all of an API that is an MCP endpoint no more or is one now, and what
 * the new evidence is likely to reach by time.
 */
async function begin({ store, settings }: Run, { lastBatch }: Since): Promise<void> {
  const seen = { batch_id: lastBatch };
  await store.run('create or replace temp table followed_links (link_kind varchar, link varchar)');
  await createTable(store, 'fresh', 'correlate/reopen/new_events.sql', seen);
  await store.run('create or replace temp table reopened as select distinct event_id from fresh');
  for (const rule of ['turned_apis', 'foreseen_clocks']) {
    await createTable(store, 'reached', `correlate/reopen/${rule}.sql`, seen);
    await runFile(store, 'insert into fresh', 'correlate/reopen/found_events.sql');
    await store.run(
      'insert into reopened select event_id from fresh anti join reopened using (event_id)',
    );
  }
  await createTable(store, 'lines', 'correlate/reopen/foreseen_lines.sql', {
    ...seen,
    skew_ms: settings.skew_ms,
  });
}

/** Follows every link, and every line of calls, until none leads on. */
async function followAll({ store }: Run, maxEvents: number): Promise<boolean> {
  do {
    while (await followTies(store)) {
      await createTable(store, 'fresh', 'correlate/reopen/linked_events.sql');
      await store.run('insert into reopened select event_id from fresh');
      if ((await countOf(store, 'reopened')) > maxEvents) return false;
    }
    await findStirred(store);
    await reopenReached(store);
  } while ((await countOf(store, 'fresh')) > 0);
  return true;
}

/**
 * Finds the links of the fresh events and all that those are tied to. `links` holds what was not followed
 * before; says whether there is any.
 */
async function followTies(store: Store): Promise<boolean> {
  await createTable(store, 'fresh_links', 'correlate/reopen/fresh_links.sql');
  await store.run('create or replace temp table links as from fresh_links');
  while ((await countOf(store, 'fresh_links')) > 0) {
    await store.run('insert into followed_links from fresh_links');
    await createTable(store, 'fresh_links', 'correlate/reopen/tied_links.sql');
    await store.run('insert into links from fresh_links');
  }
  return (await countOf(store, 'links')) > 0;
}

/** Re-opens the events in `reached`; their links are still to be followed. */
async function reopenReached(store: Store): Promise<void> {
  await createTable(store, 'fresh', 'correlate/reopen/found_events.sql');
  await store.run('insert into reopened select event_id from fresh');
}

/** Says whether closed calls stand in one line with re-opened ones; `reached` holds them. */
async function findStirred(store: Store): Promise<boolean> {
  await createTable(store, 'reached', 'correlate/reopen/stirred_lines.sql');
  return (await countOf(store, 'reached')) > 0;
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
    keepsLines: async () => !(await findStirred(store)),
  };
}
