import { isDeepStrictEqual } from 'node:util';
import type { Store } from '../store/store.ts';
import { shareOfHoles, withoutVacuum } from '../store/vacuum.ts';
import { GROUP_TABLES, GROUP_VIEW } from './groups.ts';
import type { Outside } from './ladder.ts';
import { publishAll, publishReopened, publishSurvey } from './publish.ts';
import { makeTouchedCalls, REOPEN_TABLES, type Reopened } from './reopen.ts';
import { knowAll, makeCalls, type Run, STEPS, seeAll, seeOnly } from './run.ts';
import { countOf, dropTables, dropViews } from './run-step.ts';
import {
  correlatedSoFar,
  noteRun,
  noteState,
  type RunCounts,
  type Since,
  sinceLast,
} from './state.ts';
import { STEP_TABLES, STEP_VIEWS } from './steps.ts';

export interface CorrelateOptions {
  /** From scratch, also where a look at what new evidence can touch would do; the rows are the same. */
  readonly rebuild?: boolean;
  /** How far apart two clocks may be where no trace joins the sides. */
  readonly skewMs?: number;
  /** A pause after which an inferred session is over. */
  readonly sessionIdleMs?: number;
  /** Beyond this share of the events to look at again, all are: that costs no more. */
  readonly maxReopenedShare?: number;
  /** Told before each step. */
  readonly onStep?: (name: string, index: number, total: number) => void;
}

/** What correlation made of the evidence. */
export interface CorrelateSummary {
  readonly calls: number;
  readonly matched: number;
  readonly gatewayOnly: number;
  readonly serverOnly: number;
  /** Calls by the rung that joined them. */
  readonly byRung: Readonly<Record<string, number>>;
  /** All evidence was looked at, not only what new evidence can touch. */
  readonly isRebuild: boolean;
  readonly newEvents: number;
  /** Events that were looked at. */
  readonly reopenedEvents: number;
  /** Of those, how many are evidence of a tools/call; each is in exactly one call. */
  readonly toolCallEvents: number;
  /** Calls that were published before, and are different now or part of another. */
  readonly revisedCalls: number;
  readonly approvals: number;
  readonly authAttempts: number;
  readonly modelCalls: number;
  readonly sessions: number;
}

const DEFAULT_SKEW_MS = 2_000;
const DEFAULT_SESSION_IDLE_MS = 1_800_000;
const DEFAULT_MAX_REOPENED_SHARE = 0.4;
/** With more holes than this the calls' table is written again without them. */
const MAX_HOLES = 0.1;

/** All the evidence is at hand. */
const NOTHING_OUTSIDE: Outside = {
  addDifferences: async () => {},
  keepsClocks: async () => true,
  keepsLines: async () => true,
};

/**
 * Makes everything of store/schema/003_calls.sql out of the events and the inventory. Each side is
 * collapsed to one row per call, then the sides meet one to one; nothing is dropped. The result
 * depends on what the events say, never on the order in which they arrived, and not on whether all of
 * them were looked at or only what new ones can touch.
 */
export async function correlate(
  store: Store,
  options: CorrelateOptions = {},
): Promise<CorrelateSummary> {
  const run: Run = {
    store,
    settings: {
      skew_ms: options.skewMs ?? DEFAULT_SKEW_MS,
      idle_ms: options.sessionIdleMs ?? DEFAULT_SESSION_IDLE_MS,
    },
    begin: countedSteps(options.onStep),
  };
  try {
    // Others can read and add while calls are made, and wait only until these are published.
    const [made, before] = await store.holdToRead(
      async () => [await make(run, options), await correlatedSoFar(store)] as const,
    );
    return await store.hold(async () => {
      const isAsRead = isDeepStrictEqual(await correlatedSoFar(store), before);
      return publish(run, isAsRead ? made : await makeAgain(run, options));
    });
  } finally {
    await seeAll(store);
    await dropViews(store, [GROUP_VIEW, ...STEP_VIEWS]);
    await dropTables(store, [...REOPEN_TABLES, ...GROUP_TABLES, ...STEP_TABLES, 'seen_replaced']);
  }
}

/** Calls that were made and are not published yet. */
interface Made {
  readonly since: Since;
  /** Undefined: they were made of everything. */
  readonly touched: Reopened | undefined;
  readonly toolCallEvents: number;
}

/** Makes calls in temporary tables: of what new evidence can touch, or of everything. */
async function make(run: Run, options: CorrelateOptions): Promise<Made> {
  const { store, settings } = run;
  await knowAll(run);
  const since = await sinceLast(store, settings);
  const mayExtend = options.rebuild !== true && since.isAddition;
  const maxEvents = since.events * (options.maxReopenedShare ?? DEFAULT_MAX_REOPENED_SHARE);
  const touched = mayExtend ? await makeTouchedCalls(run, since, maxEvents) : undefined;
  if (touched) return { since, touched, toolCallEvents: touched.toolCallEvents };
  await dropTables(store, REOPEN_TABLES);
  return { since, touched, toolCallEvents: (await makeCalls(run, NOTHING_OUTSIDE)) ?? 0 };
}

/** Another process has made calls since the evidence was read. */
async function makeAgain(run: Run, options: CorrelateOptions): Promise<Made> {
  await seeAll(run.store);
  return make(run, options);
}

/** Puts calls in the place of those there were; rows stay where they are until there are many holes. */
async function publish(run: Run, made: Made): Promise<CorrelateSummary> {
  const { store } = run;
  const publishAsOne = () => publishInTransaction(run, made);
  const hasManyHoles =
    made.touched === undefined || (await shareOfHoles(store, 'correlated_calls')) > MAX_HOLES;
  return hasManyHoles ? publishAsOne() : withoutVacuum(store, publishAsOne);
}

/** Publishes all or nothing. */
async function publishInTransaction(run: Run, made: Made): Promise<CorrelateSummary> {
  const { store } = run;
  const { since, touched, toolCallEvents } = made;
  const counts = await store.transaction(async () => {
    const done = {
      isRebuild: touched === undefined,
      newEvents: since.newEvents,
      reopenedEvents: touched?.events ?? since.events,
      revisedCalls: await publishMade(run, made),
    };
    if (done.isRebuild || done.reopenedEvents > 0) await noteRun(store, done);
    await noteState(store, since);
    return done;
  });
  return { ...(await countCalls(store)), ...counts, toolCallEvents };
}

/** Hides what came after the calls were made. */
async function seeUpTo(store: Store, batch: number): Promise<void> {
  const [row] = await store.rows('select current_database() as name');
  await seeOnly(store, `"${row?.['name']}".main.events where batch_id <= ${batch}`);
}

/** Returns how many published calls were revised. */
async function publishMade(run: Run, { since, touched }: Made): Promise<number> {
  if (touched === undefined) {
    await seeUpTo(run.store, since.batch);
    return publishAll(run);
  }
  if (touched.events > 0) return publishReopened(run);
  await publishSurvey(run);
  return 0;
}

/** Steps are counted; where evidence is looked at again there are more than was thought. */
function countedSteps(onStep: CorrelateOptions['onStep']): (name: string) => void {
  let index = 0;
  return (name) => {
    index += 1;
    onStep?.(name, index, Math.max(STEPS, index));
  };
}

type CallCounts = Omit<CorrelateSummary, keyof RunCounts | 'toolCallEvents'>;

async function countCalls(store: Store): Promise<CallCounts> {
  const rows = await store.query<{ match_rung: string; calls: number }>(
    'correlate/results/calls_by_rung.sql',
  );
  const byRung = Object.fromEntries(rows.map((row) => [row.match_rung, row.calls]));
  const calls = rows.reduce((sum, row) => sum + row.calls, 0);
  const gatewayOnly = byRung['gateway_only'] ?? 0;
  const serverOnly = byRung['server_only'] ?? 0;
  return {
    calls,
    matched: calls - gatewayOnly - serverOnly,
    gatewayOnly,
    serverOnly,
    byRung,
    approvals: await countOf(store, 'approvals'),
    authAttempts: await countOf(store, 'auth_attempts'),
    modelCalls: await countOf(store, 'model_calls'),
    sessions: await countOf(store, 'sessions'),
  };
}
