import { narrowed } from '../store/by-place.ts';
import type { Store } from '../store/store.ts';
import { climbLadder, type Outside } from './ladder.ts';
import { createTable, dropTables, dropViews, runFile, runStep } from './run-step.ts';
import {
  COLLAPSE_SIDES,
  DESCRIBE_CALLS,
  DESCRIBE_REQUESTS,
  EVIDENCE_TABLES,
  FACT_TABLES,
  GATHER_EVIDENCE,
  KNOW_APIS,
  KNOW_PARTIES,
  LADDER_TABLES,
  NAME_CALLS,
  RESULTS,
  SIDE_TABLES,
  STEP_VIEWS,
  type Step,
} from './steps.ts';

/** What the steps may be told, and what a change of makes everything else than it was. */
export interface Settings {
  readonly skew_ms: number;
  readonly idle_ms: number;
}

/** One correlation at work. */
export interface Run {
  readonly store: Store;
  readonly settings: Settings;
  /** Tells which step is about to begin. */
  readonly begin: (name: string) => void;
}

/** How many steps there are when nothing has to be looked at twice. */
export const STEPS =
  KNOW_PARTIES.length +
  KNOW_APIS.length +
  COLLAPSE_SIDES.length +
  1 +
  NAME_CALLS.length +
  DESCRIBE_REQUESTS.length +
  GATHER_EVIDENCE.length +
  DESCRIBE_CALLS.length +
  RESULTS.length;

/** Learns what is true however little of the evidence is looked at again. */
export async function knowAll(run: Run): Promise<void> {
  await seeWhere(run.store, await narrowed(run.store, 'events', "layer = 'config'"));
  await createTable(run.store, 'config_events', 'correlate/reopen/config_events.sql');
  await seeOnly(run.store, 'config_events');
  await runSteps(run, KNOW_PARTIES);
  await seeAll(run.store);
  await runSteps(run, KNOW_APIS);
}

/** Lets every step see one table in the place of all the evidence. */
export async function seeOnly(store: Store, events: string): Promise<void> {
  await store.standBefore('events', `select * from ${events}`);
}

/** Lets every step see the same evidence while more is added. */
export async function seeUpTo(store: Store, batch: number): Promise<void> {
  await seeWhere(store, `batch_id <= ${batch}`);
}

/** Lets every step see a part of the evidence. Where tables are changed in transactions, all of it is the same meanwhile. */
async function seeWhere(store: Store, condition: string): Promise<void> {
  if (store.generations === undefined) return;
  const events = await store.published('events');
  await store.standBefore('events', `select * from ${events} where ${condition}`);
}

/** Lets every step see all the evidence again. */
export async function seeAll(store: Store): Promise<void> {
  await dropViews(store, ['events']);
}

/** Runs steps one after the other. */
async function runSteps({ store, settings, begin }: Run, steps: readonly Step[]): Promise<void> {
  for (const step of steps) {
    begin(step.name);
    await runStep(store, step, { ...settings });
  }
}

/** Drops tables and views of steps that nothing reads any more. */
export async function letGo(store: Store, names: readonly string[]): Promise<void> {
  const views = names.filter((name) => STEP_VIEWS.includes(name));
  await dropViews(store, views);
  await dropTables(
    store,
    names.filter((name) => !views.includes(name)),
  );
}

/**
 * Makes calls of what `events` holds, as far as the temporary tables that the published ones are filled
 * from. Returns how many events are evidence of a tools/call; undefined where `outside` had to be heard.
 */
export async function makeCalls(run: Run, outside: Outside): Promise<number | undefined> {
  const { store, settings, begin } = run;
  await runSteps(run, COLLAPSE_SIDES);
  await letGo(store, SIDE_TABLES);
  begin('matches');
  if (!(await climbLadder(store, settings.skew_ms, outside))) return undefined;
  await runSteps(run, NAME_CALLS);
  await letGo(store, LADDER_TABLES);
  await runSteps(run, DESCRIBE_REQUESTS);
  await letGo(store, FACT_TABLES);
  await runFile(store, 'insert into lines by name', 'correlate/reopen/round_lines.sql', {
    ...settings,
  });
  if (!(await outside.keepsLines())) return undefined;
  await runSteps(run, GATHER_EVIDENCE);
  const events = await checkConservation(store);
  await letGo(store, EVIDENCE_TABLES);
  await runSteps(run, DESCRIBE_CALLS);
  return events;
}

/** Every tools/call event must be in exactly one call; anything else is our bug, with its numbers. */
async function checkConservation(store: Store): Promise<number> {
  const [row] = await store.query<{ tool_call_events: number; lost: number; doubled: number }>(
    'correlate/results/conservation.sql',
  );
  const {
    tool_call_events: events,
    lost,
    doubled,
  } = row ?? { tool_call_events: 0, lost: 0, doubled: 0 };
  if (lost > 0 || doubled > 0) {
    throw new Error(
      `correlate: of ${events} tools/call events ${lost} are in no call and ${doubled} in several; nothing was written`,
    );
  }
  return events;
}
