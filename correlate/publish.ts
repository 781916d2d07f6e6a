import type { Change } from '../store/publishing.ts';
import type { Store } from '../store/store.ts';
import { shareOfHoles } from '../store/vacuum.ts';
import {
  changeOf,
  changeTables,
  madeOf,
  makeRows,
  publishChange,
  type Renewal,
  revisedBy,
  seeAsMade,
} from './changes.ts';
import { makeGroups } from './groups.ts';
import { letGo, type Run, seeAll } from './run.ts';
import { createTable, dropViews, runFile } from './run-step.ts';
import {
  CALL_TABLES,
  KEPT,
  KEPT_BY_EVENT,
  RESULTS,
  RESULTS_BY_EVENT,
  RESULTS_BY_SESSION,
  RESULTS_OF_ALL,
} from './steps.ts';

/** What publishing will change. The rows that come are at hand in temporary tables. */
export interface Publication {
  readonly changes: readonly Change[];
  /** Published calls that will differ, or be part of another. */
  readonly revisedCalls: number;
  /** Calls by the rung that joined them, as there will be. */
  readonly byRung: Readonly<Record<string, number>>;
  /** The share of its places that rows have left, in the table where it is largest. */
  readonly holes: number;
}

const KEPT_GROUPS = { kept_groups: 'groups' };
const KEYS: Readonly<Record<string, string>> = {
  ...RESULTS_BY_EVENT,
  ...RESULTS_BY_SESSION,
  ...KEPT_BY_EVENT,
  kept_groups: 'event_id',
};

/** The published calls whose evidence is re-opened, and those whose session is another now. */
const CALLS: Renewal = {
  table: 'correlated_calls',
  key: 'call_id',
  replaced: 'call_id in (select call_id from renewed_calls)',
};
const SESSIONS: Renewal = {
  table: 'sessions',
  key: 'session_key',
  replaced: 'session_key in (select session_key from touched_sessions)',
};
/** Whatever knows a session by either name is re-opened with it. */
const SESSION_ALIASES: Renewal = {
  table: 'session_aliases',
  key: 'alias',
  replaced: `alias in (
    select mcp_session_id from reopened_events union distinct select mcp_session_id from seen_replaced)`,
};

/** The temporary views of this file, which stand before published tables. */
export const PUBLISH_VIEWS: readonly string[] = RESULTS;
/** Its temporary tables. */
export const PUBLISH_TABLES: readonly string[] = [
  ...changeTables([...RESULTS, ...Object.keys(KEPT), 'kept_groups']),
  'calls_before',
  'renewed_calls',
  'moved_sessions',
  'touched_sessions',
  'session_calls',
];

/** Works out what to publish of calls that were made of all the evidence. */
export async function compareAll(run: Run): Promise<Publication> {
  const changes = new Changes(run);
  for (const table of RESULTS) {
    await changes.make({ table, key: KEYS[table] });
    if (table === CALLS.table) await letGo(run.store, CALL_TABLES);
  }
  await makeGroups(run.store);
  for (const [table, made] of Object.entries({ ...KEPT, ...KEPT_GROUPS })) {
    await changes.compare({ table, key: KEYS[table] }, made);
  }
  return changes.end();
}

/**
 * Works out what to publish of calls that were made of re-opened events: they take the place of those that they
 * made before. What stands before the whole tables shows a step what there will be, or no more than it needs.
 */
export async function compareReopened(run: Run): Promise<Publication> {
  const { store } = run;
  const changes = new Changes(run);
  await createTable(store, 'calls_before', 'correlate/reopen/calls_before.sql');
  await store.run(
    'create or replace temp table renewed_calls as select event_id as call_id from reopened',
  );
  await changes.fill(CALLS);
  for (const [table, key] of Object.entries(RESULTS_BY_EVENT)) {
    if (table !== CALLS.table) await changes.make({ table, key, replaced: isReopened(key) });
  }
  await makeGroups(store);
  for (const [table, made] of Object.entries({ ...KEPT, ...KEPT_GROUPS })) {
    const key = KEYS[table];
    if (key === undefined) await changes.compare({ table }, made);
    else
      await changes.compare(
        { table, key, replaced: isReopened(key) },
        `${made} where ${isReopened(key)}`,
      );
  }
  await seeAll(store);
  await inferSessions(run);
  await changes.compare(CALLS);
  await renewSessions(store, changes);
  return surveyed(changes);
}

/** Works out what to publish where the evidence is as it was: the inventory may not be. */
export async function compareSurvey(run: Run): Promise<Publication> {
  return surveyed(new Changes(run));
}

/** Puts calls in the place of those there were. */
export async function publish(store: Store, { changes }: Publication): Promise<void> {
  for (const change of changes) await publishChange(store, change);
}

function isReopened(key: string): string {
  return `${key} in (select event_id from reopened)`;
}

/** What rests on all calls and the inventory. */
async function surveyed(changes: Changes): Promise<Publication> {
  for (const table of RESULTS_OF_ALL) await changes.make({ table });
  return changes.end();
}

/**
 * An inferred session is as long as its calls follow one another, so that calls which stay closed may
 * find themselves in another.
 */
async function inferSessions({ store, settings }: Run): Promise<void> {
  await createTable(store, 'touched_sessions', 'correlate/reopen/touched_sessions.sql', {
    ...settings,
  });
  await createTable(store, 'session_calls', 'correlate/reopen/session_calls.sql');
  await runFile(
    store,
    'create or replace temp view call_facts as',
    'correlate/reopen/party_calls.sql',
  );
  await createTable(store, 'inferred_sessions', 'correlate/results/inferred_sessions.sql', {
    ...settings,
  });
  if ((await createTable(store, 'moved_sessions', 'correlate/reopen/moved_sessions.sql')) > 0) {
    await moveCalls(store);
  }
}

/** Gives calls the session that they are in by now, also those that are not re-opened. */
async function moveCalls(store: Store): Promise<void> {
  const calls = madeOf(CALLS.table);
  await store.run(
    `insert into ${calls} select * from ${await store.published(CALLS.table)}
     where call_id in (select call_id from moved_sessions where not is_reopened)`,
  );
  for (const table of [calls, 'session_calls']) {
    await store.setFrom(table, 'session_key', {
      from: 'moved_sessions',
      key: 'call_id',
      value: 'new_session_key',
    });
  }
  await store.run('insert into touched_sessions select new_session_key from moved_sessions');
  await store.run(
    'insert into renewed_calls select call_id from moved_sessions where not is_reopened',
  );
}

/** Makes the sessions anew that gained, lost or changed a call. */
async function renewSessions(store: Store, changes: Changes): Promise<void> {
  await store.standBefore(CALLS.table, 'select * from session_calls');
  await changes.make(SESSIONS);
  await seeAsMade(store, CALLS);
  await changes.make(SESSION_ALIASES);
}

/** Gathers what differs, table by table. */
class Changes {
  readonly #run: Run;
  readonly #changes: Change[] = [];
  #revised = 0;

  constructor(run: Run) {
    this.#run = run;
  }

  /** Makes rows of a table; from here on it is seen as it will be. */
  async fill(renewal: Renewal): Promise<void> {
    const { store, begin } = this.#run;
    begin(renewal.table);
    await makeRows(store, renewal.table);
    await seeAsMade(store, renewal);
  }

  async make(renewal: Renewal): Promise<void> {
    await this.fill(renewal);
    await this.compare(renewal);
  }

  async compare(renewal: Renewal, made = madeOf(renewal.table)): Promise<void> {
    const { store } = this.#run;
    const change = await changeOf(store, renewal, made);
    if (change === undefined) return;
    this.#changes.push(change);
    if (renewal.table === CALLS.table) this.#revised = await revisedBy(store, change);
  }

  async end(): Promise<Publication> {
    const { store } = this.#run;
    const rungs = await store.query<{ match_rung: string; calls: number }>(
      'correlate/results/calls_by_rung.sql',
    );
    await dropViews(store, PUBLISH_VIEWS);
    return {
      changes: this.#changes,
      revisedCalls: this.#revised,
      byRung: Object.fromEntries(rungs.map(({ match_rung: rung, calls }) => [rung, calls])),
      holes: await shareOfHoles(store, Object.keys(KEYS)),
    };
  }
}
