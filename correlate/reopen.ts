import type { Store } from '../store/store.ts';
import type { Outside } from './ladder.ts';
import { makeCalls, type Run, seeAll, seeOnly } from './run.ts';
import { countOf, createTable, runFile } from './run-step.ts';
import type { Since } from './state.ts';

/** So often may the calls at hand turn out to touch still others before everything is looked at. */
const MAX_ATTEMPTS = 8;

/** The tables of this file; `correlated_calls` stands before that of the store. */
export const REOPEN_TABLES: readonly string[] = [
  'correlated_calls',
  'reopened',
  'reopened_events',
  'near_ties',
  'near_lines',
  'new_ties',
  'config_events',
  'fresh',
  'followed_links',
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
    await runFile(store, 'insert into reopened_events', 'correlate/reopen/events.sql');
    await seeOnly(store, 'reopened_events');
    const toolCallEvents = await makeCalls(run, outsideOf(run));
    if (toolCallEvents !== undefined) return { events, toolCallEvents };
    await seeAll(store);
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
  await store.run(
    'create or replace temp table followed_links (link_kind varchar, link varchar, follow_no bigint)',
  );
  await store.run('create or replace temp table reopened_events as from events limit 0');
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
    for (;;) {
      const follow_no = await followTies(store);
      if (follow_no === undefined) break;
      await createTable(store, 'fresh', 'correlate/reopen/linked_events.sql', { follow_no });
      await store.run('insert into reopened select event_id from fresh');
      if ((await countOf(store, 'reopened')) > maxEvents) return false;
    }
  } while ((await findStirred(store)) && (await reopenReached(store)) > 0);
  return true;
}

/**
 * Adds the links of the fresh events, and all that those are tied to, to `followed_links`. Returns the
 * follow_no since which they stand there; undefined when all were followed before.
 */
async function followTies(store: Store): Promise<number | undefined> {
  const first = await follow(store, 'fresh_links', {});
  if (first === undefined) return undefined;
  do await createTable(store, 'near_ties', 'correlate/reopen/near_ties.sql', { follow_no: first });
  while (await followNear(store, first));
  return first;
}

/** Follows the near ties of the links since a follow_no until none leads on. Says whether any did. */
async function followNear(store: Store, first: number): Promise<boolean> {
  let last: number | undefined;
  for (;;) {
    const next = await follow(store, 'tied_links', { since: last ?? first });
    if (next === undefined) return last !== undefined;
    last = next;
  }
}

/** Follows links once. Returns the follow_no under which new ones were found. */
async function follow(
  store: Store,
  rule: 'fresh_links' | 'tied_links',
  since: Readonly<Record<string, number>>,
): Promise<number | undefined> {
  const [last] = await store.rows('select max(follow_no) as follow_no from followed_links');
  const follow_no = Number(last?.['follow_no'] ?? 0) + 1;
  const into = 'insert into followed_links by name';
  const path = `correlate/reopen/${rule}.sql`;
  const [row] = await runFile(store, into, path, { ...since, follow_no });
  return Number(row?.['Count']) > 0 ? follow_no : undefined;
}

/** Re-opens the events in `reached`; their links are still to be followed. Returns how many are new. */
async function reopenReached(store: Store): Promise<number> {
  const found = await createTable(store, 'fresh', 'correlate/reopen/found_events.sql');
  await store.run('insert into reopened select event_id from fresh');
  return found;
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
    keepsLines: async () => !(await findStirred(store)),
  };
}
