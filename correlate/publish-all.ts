import type { Generations, Parameter } from '../store/store.ts';
import { madeOf, makeRows, seeAsMade } from './changes.ts';
import type { Run } from './run.ts';
import type { Since } from './state.ts';
import { RESULTS } from './steps.ts';

interface Published {
  readonly revisedCalls: number;
  readonly byRung: Readonly<Record<string, number>>;
}

/** Publishes everything that correlation makes, in the place of what there was, all at once. */
export async function publishAll(
  run: Run,
  generations: Generations,
  since: Since,
): Promise<Published> {
  const { store, begin } = run;
  for (const table of RESULTS) {
    begin(table);
    await makeRows(store, table);
    await seeAsMade(store, { table });
  }
  const revisedCalls = await countRevised(run);
  const rungs = await store.query<{ match_rung: string; calls: number }>(
    'correlate/results/calls_by_rung.sql',
  );
  await noteAll(run, since, revisedCalls);
  const tables = [...RESULTS, 'correlation_state', 'correlation_runs'];
  await generations.replace(Object.fromEntries(tables.map((table) => [table, madeOf(table)])));
  return {
    revisedCalls,
    byRung: Object.fromEntries(rungs.map(({ match_rung: rung, calls }) => [rung, calls])),
  };
}

async function countRevised({ store }: Run): Promise<number> {
  const before = await store.published('correlated_calls');
  const [row] = await store.rows(
    `select count(*) as revised
     from (select * from ${before} except all select * from correlated_calls) as gone`,
  );
  return Number(row?.['revised'] ?? 0);
}

/** How far correlation has come, and what it did, as they will be. */
async function noteAll({ store }: Run, since: Since, revisedCalls: number): Promise<void> {
  const { batch, events, newEvents, fingerprint } = since;
  const make = (table: string, select: string, params: Readonly<Record<string, Parameter>>) => {
    const sql = `create or replace temp table ${madeOf(table)} as\n${select}`;
    return store.query({ path: table, sql, header: {}, params: [], columns: [] }, params);
  };
  await make(
    'correlation_state',
    'select {batch_id:Bigint} as batch_id, {events:Bigint} as events, {fingerprint:Varchar} as fingerprint',
    { batch_id: batch, events, fingerprint },
  );
  await make(
    'correlation_runs',
    `select run_no, is_rebuild, new_events, reopened_events, calls, revised_calls from correlation_runs
     union all
     select
         (select count(*) from correlation_runs) + 1, true, {new_events:Bigint}, {events:Bigint},
         (select count(*) from correlated_calls), {revised_calls:Bigint}`,
    { new_events: newEvents, events, revised_calls: revisedCalls },
  );
}
