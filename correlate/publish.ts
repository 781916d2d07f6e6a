import { keepAllGroups, keepGroups } from './groups.ts';
import { type Run, seeAll } from './run.ts';
import { countOf, createTable, dropTables, runFile } from './run-step.ts';
import { KEPT, KEPT_BY_EVENT, RESULTS, RESULTS_BY_EVENT, RESULTS_OF_ALL } from './steps.ts';

/** Publishes calls that were made of all the evidence. Returns how many published calls were revised. */
export async function publishAll(run: Run): Promise<number> {
  const { store } = run;
  const isFirst = (await countOf(store, 'correlated_calls')) === 0;
  if (!isFirst)
    await store.run('create or replace temp table calls_before as from correlated_calls');
  for (const name of RESULTS) await fill(run, name, '');
  for (const [table, made] of Object.entries(KEPT)) {
    await store.run(`delete from ${table}`);
    await store.run(`insert into ${table} by name from ${made}`);
  }
  await keepAllGroups(store);
  if (isFirst) return 0;
  await store.run('create or replace temp view calls_after as from correlated_calls');
  return revisedCalls(run);
}

/**
 * Publishes calls that were made of the re-opened evidence: they take the place of those that it made
 * before. Temporary tables stand before the whole ones wherever a step needs to see no more.
 */
export async function publishReopened(run: Run): Promise<number> {
  const { store } = run;
  await createTable(store, 'calls_before', 'correlate/reopen/calls_before.sql');
  await makeNewCalls(run);
  for (const [name, id] of Object.entries(RESULTS_BY_EVENT)) {
    if (name !== 'correlated_calls') await fill(run, name, isReopened(id));
  }
  for (const [table, made] of Object.entries(KEPT)) {
    const id = KEPT_BY_EVENT[table];
    await store.run(`delete from ${table} ${id === undefined ? '' : isReopened(id)}`);
    await store.run(
      `insert into ${table} by name from ${made} ${id === undefined ? '' : isReopened(id)}`,
    );
  }
  await keepGroups(store);
  await seeAll(store);
  const moved = await inferSessions(run);
  await renewSessions(run);
  await publishSurvey(run);
  return (await revisedCalls(run)) + moved;
}

/** The re-opened calls as they are now; kept beside the published ones until both are compared. */
async function makeNewCalls({ store, begin }: Run): Promise<void> {
  begin('correlated_calls');
  await store.run('create or replace temp table new_calls as from correlated_calls limit 0');
  await runFile(store, 'insert into new_calls by name', 'correlate/results/correlated_calls.sql');
  await store.run('create or replace temp view calls_after as from new_calls');
  await store.run(`delete from correlated_calls ${isReopened('call_id')}`);
  await store.run('insert into correlated_calls from new_calls');
}

/** Publishes what rests on all calls and the inventory. */
export async function publishSurvey(run: Run): Promise<void> {
  for (const name of RESULTS_OF_ALL) await fill(run, name, '');
}

function isReopened(id: string): string {
  return `where ${id} in (select event_id from reopened)`;
}

async function fill({ store, begin }: Run, name: string, where: string): Promise<void> {
  begin(name);
  await store.run(`delete from ${name} ${where}`);
  await runFile(store, `insert into ${name} by name`, `correlate/results/${name}.sql`);
}

/**
 * An inferred session is as long as its calls follow one another, so that calls which stay closed may
 * find themselves in another. Returns how many do.
 */
async function inferSessions({ store, settings }: Run): Promise<number> {
  await runFile(
    store,
    'create or replace temp view call_facts as',
    'correlate/reopen/party_calls.sql',
  );
  await createTable(store, 'inferred_sessions', 'correlate/results/inferred_sessions.sql', {
    ...settings,
  });
  await createTable(store, 'moved_sessions', 'correlate/reopen/moved_sessions.sql');
  for (const calls of ['correlated_calls', 'new_calls']) {
    await store.run(
      `update ${calls} set session_key = moved.new_session_key
       from moved_sessions as moved where ${calls}.call_id = moved.call_id`,
    );
  }
  const [row] = await store.rows(
    'select count(*) as moved from moved_sessions where not is_reopened',
  );
  return Number(row?.['moved']);
}

/** Makes the sessions anew that gained, lost or changed a call. */
async function renewSessions(run: Run): Promise<void> {
  const { store } = run;
  await createTable(store, 'touched_sessions', 'correlate/reopen/touched_sessions.sql');
  await createTable(store, 'correlated_calls', 'correlate/reopen/session_calls.sql');
  await fill(run, 'sessions', 'where session_key in (select session_key from touched_sessions)');
  await dropTables(store, ['correlated_calls']);
  // Whatever knows a session by either name is re-opened with it.
  await fill(
    run,
    'session_aliases',
    `where alias in (
       select mcp_session_id from reopened_events union select mcp_session_id from replaced_events)`,
  );
}

async function revisedCalls({ store }: Run): Promise<number> {
  const [row] = await store.query<{ revised: number }>('correlate/reopen/revised_calls.sql');
  return row?.revised ?? 0;
}
