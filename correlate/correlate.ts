import type { Store } from '../store/store.ts';
import { shareOfHoles, withoutVacuum } from '../store/vacuum.ts';
import { GROUP_TABLES, GROUP_VIEW } from './groups.ts';
import type { Outside } from './ladder.ts';
import { publishAll, publishReopened, publishSurvey } from './publish.ts';
import { makeTouchedCalls, REOPEN_TABLES, type Reopened } from './reopen.ts';
import { knowAll, makeCalls, type Run, STEPS, seeAll } from './run.ts';
import { countOf, dropTables, dropViews } from './run-step.ts';
import { noteRun, noteState, type RunCounts, type Since, sinceLast } from './state.ts';
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
    await knowAll(run);
    const since = await sinceLast(store, run.settings);
    const mayExtend = options.rebuild !== true && since.isAddition;
    const maxEvents = since.events * (options.maxReopenedShare ?? DEFAULT_MAX_REOPENED_SHARE);
    const touched = mayExtend ? await makeTouchedCalls(run, since, maxEvents) : undefined;
    return touched ? await extend(run, since, touched) : await rebuild(run, since);
  } finally {
    await seeAll(store);
    await dropViews(store, [GROUP_VIEW, ...STEP_VIEWS]);
    await dropTables(store, [...REOPEN_TABLES, ...GROUP_TABLES, ...STEP_TABLES]);
  }
}

/** Looks at everything. */
async function rebuild(run: Run, since: Since): Promise<CorrelateSummary> {
  await dropTables(run.store, REOPEN_TABLES);
  const toolCallEvents = (await makeCalls(run, NOTHING_OUTSIDE)) ?? 0;
  const counts = {
    isRebuild: true,
    newEvents: since.newEvents,
    reopenedEvents: since.events,
  };
  return finish(run, since, counts, toolCallEvents, () => publishAll(run));
}

/** Puts the calls that new evidence touches in the place of those there were. */
async function extend(run: Run, since: Since, touched: Reopened): Promise<CorrelateSummary> {
  const counts = {
    isRebuild: false,
    newEvents: since.newEvents,
    reopenedEvents: touched.events,
  };
  const finishAll = () =>
    finish(run, since, counts, touched.toolCallEvents, async () => {
      if (touched.events > 0) return publishReopened(run);
      await publishSurvey(run);
      return 0;
    });
  const hasManyHoles = (await shareOfHoles(run.store, 'correlated_calls')) > MAX_HOLES;
  return hasManyHoles ? finishAll() : withoutVacuum(run.store, finishAll);
}

async function finish(
  { store }: Run,
  since: Since,
  looked: Omit<RunCounts, 'revisedCalls'>,
  toolCallEvents: number,
  publish: () => Promise<number>,
): Promise<CorrelateSummary> {
  const counts = await store.transaction(async () => {
    const done = { ...looked, revisedCalls: await publish() };
    if (done.isRebuild || done.reopenedEvents > 0) await noteRun(store, done);
    await noteState(store, since);
    return done;
  });
  return { ...(await countCalls(store)), ...counts, toolCallEvents };
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
