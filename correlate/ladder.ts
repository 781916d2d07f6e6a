import type { Parameter, Store } from '../store/store.ts';
import { countOf, createTable, runFile } from './run-step.ts';

/** How sure a pair is that had no other choice, and one that was picked among several. */
interface Confidence {
  readonly alone: number;
  readonly among: number;
}

/**
 * What each way of joining is worth. Parentage is a fact the spans state; a trace that holds one call
 * a side leaves no choice; after that tool and time decide, then a session, then only the agent.
 */
const CONFIDENCE = {
  parent: { alone: 1, among: 0.95 },
  onlyTrace: { alone: 0.95, among: 0.95 },
  trace: { alone: 0.9, among: 0.8 },
  silentTrace: { alone: 0.8, among: 0.7 },
  linkedTrace: { alone: 0.85, among: 0.75 },
  session: { alone: 0.7, among: 0.5 },
  agent: { alone: 0.5, among: 0.3 },
} as const satisfies Readonly<Record<string, Confidence>>;

/** Within one trace clocks may differ by this much, where no offset is known yet. */
const TRACE_WINDOW_MS = 300_000;

/** One rung, or one way on it: which calls may meet, and how far apart. */
interface Rung {
  readonly rung: 'operation_id' | 'session' | 'agent';
  readonly lineUp: string;
  readonly params: Readonly<Record<string, Parameter>>;
  readonly confidence: Confidence;
  readonly windowMs: number;
  /** Calls of one trace keep their order; calls of a session or an agent need not be complete. */
  readonly keepsOrder: boolean;
}

function rungs(skewMs: number): Rung[] {
  const trace = { rung: 'operation_id', keepsOrder: true, windowMs: TRACE_WINDOW_MS } as const;
  const session = { rung: 'session', keepsOrder: false, windowMs: skewMs } as const;
  const bySession = (servers: string): Rung => ({
    ...session,
    lineUp: 'line_up_by_session',
    params: { servers },
    confidence: CONFIDENCE.session,
  });
  const byParent = (sameTool: boolean): Rung => ({
    ...trace,
    lineUp: 'line_up_by_parent',
    params: { same_tool: sameTool },
    confidence: CONFIDENCE.parent,
  });
  const byTrace = (sameTool: boolean, linked: boolean): Rung => ({
    ...trace,
    lineUp: 'line_up_by_trace',
    params: { same_tool: sameTool, linked },
    confidence: linked
      ? CONFIDENCE.linkedTrace
      : sameTool
        ? CONFIDENCE.trace
        : CONFIDENCE.silentTrace,
  });
  return [
    byParent(true),
    byParent(false),
    byTrace(true, false),
    byTrace(true, true),
    byTrace(false, false),
    byTrace(false, true),
    bySession('same'),
    bySession('gateway_unknown'),
    bySession('server_unknown'),
    {
      rung: 'agent',
      lineUp: 'line_up_by_agent',
      params: {},
      confidence: CONFIDENCE.agent,
      windowMs: skewMs,
      keepsOrder: false,
    },
  ];
}

/**
 * What evidence outside of the events at hand has to say: how far apart it found the clocks, and
 * whether it can be left out. Where it cannot, the climb ends at once.
 */
export interface Outside {
  /** `server_differences` holds what is known of the clocks: add what is known outside. */
  readonly addDifferences: () => Promise<void>;
  /** `server_offsets` and `clock_users` are made: is nothing outside placed by another clock now? */
  readonly keepsClocks: () => Promise<boolean>;
  /** `agent_lines` holds the open calls by agent: is nothing outside in line with them? */
  readonly keepsLines: () => Promise<boolean>;
}

/**
 * Joins the two sides one to one, rung by rung; what is left stays in open_gateway and open_server.
 * Says whether it came to the top.
 */
export async function climbLadder(
  store: Store,
  skewMs: number,
  outside: Outside,
): Promise<boolean> {
  await createTable(store, 'matches', 'correlate/match/no_matches.sql');
  await takePairs(store, 'pairs_by_only_parent', CONFIDENCE.parent);
  await createTable(store, 'open_gateway', 'correlate/match/open_gateway.sql');
  await createTable(store, 'open_server', 'correlate/match/open_server.sql');
  for (const [pairs, confidence] of [
    ['pairs_by_last_attempt', CONFIDENCE.parent],
    ['pairs_by_only_trace', CONFIDENCE.onlyTrace],
  ] as const) {
    await takePairs(store, pairs, confidence);
    await closeMatched(store);
  }
  await createTable(store, 'server_differences', 'correlate/match/server_differences.sql');
  await outside.addDifferences();
  await createTable(store, 'server_offsets', 'correlate/match/server_offsets.sql');
  await createTable(store, 'clock_users', 'correlate/reopen/clock_users.sql');
  if (!(await outside.keepsClocks())) return false;
  const byKey = rungs(skewMs);
  const byTimeAlone = byKey.splice(byKey.findIndex(({ rung }) => rung === 'agent'));
  for (const rung of byKey) await climbRung(store, rung);
  await createTable(store, 'timed_servers', 'correlate/match/timed_servers.sql');
  await createTable(store, 'agent_lines', 'correlate/match/line_up_by_agent.sql');
  if (!(await outside.keepsLines())) return false;
  for (const rung of byTimeAlone) await climbRung(store, rung);
  return true;
}

async function takePairs(store: Store, pairs: string, confidence: Confidence): Promise<void> {
  await createTable(store, 'found_pairs', `correlate/match/${pairs}.sql`);
  await keepPairs(store, 'operation_id', confidence);
}

async function climbRung(store: Store, rung: Rung): Promise<void> {
  if (await isOneSided(store)) return;
  await createTable(store, 'timed_servers', 'correlate/match/timed_servers.sql');
  await createTable(store, 'lined_up', `correlate/match/${rung.lineUp}.sql`, rung.params);
  const window = { window_ms: rung.windowMs };
  await createTable(store, 'candidates', 'correlate/match/candidates.sql', window);
  for (const { file, params } of rounds(rung.keepsOrder)) {
    if ((await countOf(store, 'lined_up')) === 0) break;
    const found = { ...window, ...params };
    await createTable(store, 'new_pairs', `correlate/match/${file}.sql`, found);
    await createTable(store, 'found_pairs', 'correlate/match/found_pairs.sql');
    await keepPairs(store, rung.rung, rung.confidence);
    await createTable(store, 'lined_up', 'correlate/match/still_lined_up.sql');
  }
  await closeMatched(store);
}

interface Round {
  readonly file: string;
  readonly params: Readonly<Record<string, Parameter>>;
}

/** Bounded rounds of mutual nearness, then what is left in order of time. */
function rounds(keepsOrder: boolean): Round[] {
  const nearest: Round = { file: 'pairs_by_nearness', params: {} };
  const inOrder = (onlyEqual: boolean): Round => ({
    file: 'pairs_in_order',
    params: { only_equal: onlyEqual },
  });
  const whole = keepsOrder ? [inOrder(true)] : [];
  return [...whole, nearest, nearest, nearest, inOrder(false), nearest, inOrder(false)];
}

async function keepPairs(store: Store, rung: string, confidence: Confidence): Promise<void> {
  await runFile(store, 'insert into matches by name', 'correlate/match/kept_pairs.sql', {
    rung,
    ...confidence,
  });
}

async function closeMatched(store: Store): Promise<void> {
  await createTable(store, 'open_gateway', 'correlate/match/still_open_gateway.sql');
  await createTable(store, 'open_server', 'correlate/match/still_open_server.sql');
}

async function isOneSided(store: Store): Promise<boolean> {
  return (
    (await countOf(store, 'open_gateway')) === 0 || (await countOf(store, 'open_server')) === 0
  );
}
