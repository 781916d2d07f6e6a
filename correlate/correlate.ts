import { isDeepStrictEqual } from 'node:util';
import { UserError } from '../core/errors.ts';
import { fewOnOneThread } from '../store/one-thread.ts';
import type { Store } from '../store/store.ts';
import { withVacuum } from '../store/vacuum.ts';
import { GROUP_TABLES } from './groups.ts';
import type { Outside } from './ladder.ts';
import {
  compareAll,
  compareReopened,
  compareSurvey,
  PUBLISH_TABLES,
  PUBLISH_VIEWS,
  type Publication,
  publish,
} from './publish.ts';
import { NOTE_TABLES, type Noted, publishAsGeneration } from './publish-generation.ts';
import { makeTouchedCalls, REOPEN_TABLES, type Reopened } from './reopen.ts';
import { knowAll, makeCalls, type Run, STEPS, seeAll, seeUpTo } from './run.ts';
import { countOf, dropTables, dropViews } from './run-step.ts';
import {
  correlatedSoFar,
  isNoted,
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
/** So often may others publish what they made before this does. */
const MAX_ATTEMPTS = 5;
/** With more holes than this in a table, parts of it are written again without them. */
const MAX_HOLES = 0.1;
/** The file is held meanwhile: so many parts at a time. */
const PARTS_AT_ONCE = 1;

/** All the evidence is at hand. */
const NOTHING_OUTSIDE: Outside = {
  addDifferences: async () => {},
  keepsClocks: async () => true,
  keepsSessions: async () => true,
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
  const run = runOf(store, options);
  try {
    // Others can read and add while calls are made, and wait only until these are published.
    let [before, made] = await store.holdToRead(
      async () => [await correlatedSoFar(store), await make(run, options)] as const,
    );
    const isAsRead = async () => isDeepStrictEqual(await correlatedSoFar(store), before);
    return await store.hold(async () => {
      for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
        const summary = await publishMade(run, made, isAsRead);
        if (summary !== undefined) return summary;
        before = await correlatedSoFar(store);
        made = await makeAgain(run, options);
      }
      throw overtaken(store.path);
    });
  } finally {
    await seeAll(store);
    await dropViews(store, [...STEP_VIEWS, ...PUBLISH_VIEWS]);
    await dropTables(store, [...REOPEN_TABLES, ...GROUP_TABLES, ...STEP_TABLES, ...PUBLISH_TABLES]);
    await dropTables(store, ['seen_replaced', ...NOTE_TABLES]);
  }
}

function runOf(store: Store, options: CorrelateOptions): Run {
  return {
    store,
    settings: {
      skew_ms: options.skewMs ?? DEFAULT_SKEW_MS,
      idle_ms: options.sessionIdleMs ?? DEFAULT_SESSION_IDLE_MS,
    },
    begin: countedSteps(options.onStep),
  };
}

/** Calls that were made and are not published yet. */
interface Made {
  readonly since: Since;
  /** Undefined: they were made of everything. */
  readonly touched: Reopened | undefined;
  readonly toolCallEvents: number;
  readonly publication: Publication;
}

/** Makes calls in temporary tables, of what new evidence can touch or of everything, up to what is to be published. */
async function make(run: Run, options: CorrelateOptions): Promise<Made> {
  const { store, settings } = run;
  await knowAll(run);
  const since = await sinceLast(store, settings);
  return fewOnOneThread(store, since.events, async () => {
    const mayExtend = options.rebuild !== true && since.isAddition;
    const maxEvents = since.events * (options.maxReopenedShare ?? DEFAULT_MAX_REOPENED_SHARE);
    const touched = mayExtend ? await makeTouchedCalls(run, since, maxEvents) : undefined;
    if (touched) {
      const publication = await (touched.events > 0 ? compareReopened(run) : compareSurvey(run));
      return { since, touched, toolCallEvents: touched.toolCallEvents, publication };
    }
    await dropTables(store, REOPEN_TABLES);
    await seeUpTo(store, since.batch);
    const toolCallEvents = (await makeCalls(run, NOTHING_OUTSIDE)) ?? 0;
    return { since, touched, toolCallEvents, publication: await compareAll(run) };
  });
}

/** Another process has made calls since the evidence was read. */
async function makeAgain(run: Run, options: CorrelateOptions): Promise<Made> {
  await seeAll(run.store);
  return make(run, options);
}

/** Publishes all or nothing, and only where calls were made of what is there now: undefined otherwise. */
async function publishMade(
  { store }: Run,
  made: Made,
  isAsRead: () => Promise<boolean>,
): Promise<CorrelateSummary | undefined> {
  const { since, touched, toolCallEvents, publication } = made;
  const { byRung, revisedCalls } = publication;
  const counts = {
    isRebuild: touched === undefined,
    newEvents: since.newEvents,
    reopenedEvents: touched?.events ?? since.events,
    revisedCalls,
  };
  const noted = { publication, since, counts };
  const isPublished = await (store.generations === undefined
    ? publishAsOne(store, noted, isAsRead)
    : publishAsGeneration(store, store.generations, noted, isAsRead));
  if (!isPublished) return undefined;
  return { ...(await countCalls(store, byRung)), ...counts, toolCallEvents };
}

/** In one transaction, with the notes; rows stay where they are until there are many holes. Says whether it did. */
async function publishAsOne(
  store: Store,
  { publication, since, counts }: Noted,
  isAsRead: () => Promise<boolean>,
): Promise<boolean> {
  if (!(await isAsRead())) return false;
  await withVacuum(store, publication.holes > MAX_HOLES ? PARTS_AT_ONCE : 0, () =>
    store.transaction(async () => {
      await publish(store, publication);
      if (isNoted(counts)) await noteRun(store, counts);
      await noteState(store, since);
    }),
  );
  return true;
}

function overtaken(path: string): UserError {
  return new UserError(
    'store_busy',
    `While calls were made, others published theirs in '${path}' each time.`,
    'Let one process correlate at a time, and repeat the command.',
  );
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

async function countCalls(store: Store, byRung: Publication['byRung']): Promise<CallCounts> {
  const calls = Object.values(byRung).reduce((sum, each) => sum + each, 0);
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
