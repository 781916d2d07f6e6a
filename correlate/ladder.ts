import type { Parameter, Store } from '../store/store.ts';
import { countOf, createTable, runFile } from './run-step.ts';
import { type Rung, rungsByAgent, rungsBySession, rungsByTrace, SETTLED_MS } from './rungs.ts';

/**
 * What evidence outside of the events at hand has to say: how far apart it found the clocks, and
 * whether it can be left out. Where it cannot, the work ends at once.
 */
export interface Outside {
  /** `server_differences` holds what is known of the clocks: add what is known outside. */
  readonly addDifferences: () => Promise<void>;
  /** Offsets, spreads and `clock_users` are made: is nothing outside told by another clock now? */
  readonly keepsClocks: () => Promise<boolean>;
  /** `session_ties` is made: does no session tie what is outside to what is at hand? */
  readonly keepsSessions: () => Promise<boolean>;
  /** `lines` holds calls that meet by their times alone: is nothing outside in line with them? */
  readonly keepsLines: () => Promise<boolean>;
}

/**
 * Joins the two sides one to one, rung by rung; what is left stays in open_gateway and open_server.
 * What spans prove comes first: those pairs say how far each server's clock is off, hour by hour, and
 * with that the rest is compared on one clock. Says whether it came to the top.
 */
export async function climbLadder(
  store: Store,
  skewMs: number,
  outside: Outside,
): Promise<boolean> {
  const skew = { skew_ms: skewMs };
  await createTable(store, 'matches', 'correlate/match/no_matches.sql');
  await takePairs(store, 'pairs_by_only_parent', 'parent');
  await createTable(store, 'open_gateway', 'correlate/match/open_gateway.sql', skew);
  await createTable(store, 'open_server', 'correlate/match/open_server.sql');
  await takePairs(store, 'pairs_by_last_attempt', 'parent');
  await closeMatched(store, 'parent');
  await createTable(store, 'session_ties', 'correlate/groups/open_ties.sql');
  await createTable(store, 'lone_traces', 'correlate/match/lone_traces.sql');
  await createTable(store, 'lone_sessions', 'correlate/match/lone_sessions.sql');
  await createTable(store, 'server_differences', 'correlate/match/server_differences.sql');
  await outside.addDifferences();
  await createTable(store, 'server_offsets', 'correlate/match/server_offsets.sql');
  await createTable(store, 'server_spreads', 'correlate/match/server_spreads.sql');
  await createTable(store, 'clock_users', 'correlate/reopen/clock_users.sql');
  if (!(await outside.keepsClocks())) return false;
  await createTable(store, 'open_server', 'correlate/match/clocked_servers.sql', {
    ...skew,
    settled_ms: SETTLED_MS,
  });
  await takePairs(store, 'pairs_by_lone_trace', 'lone trace');
  await closeMatched(store, 'lone trace');
  const knowsClocks = await knowsAllClocks(store);
  await climbRungs(store, rungsByTrace(), knowsClocks);
  await createTable(store, 'two_names', 'correlate/match/two_names.sql');
  await createTable(store, 'session_names', 'correlate/match/session_names.sql');
  await addTies(store, 'named_ties');
  await climbRungs(store, rungsBySession(skewMs), knowsClocks);
  await createTable(store, 'lined_up', 'correlate/match/line_up_by_agent.sql', { by_id: false });
  await createTable(store, 'lines', 'correlate/reopen/agent_lines.sql', skew);
  if (!(await outside.keepsLines())) return false;
  await climbRungs(store, rungsByAgent(skewMs), knowsClocks);
  await addTies(store, 'lost_ties');
  if (!(await outside.keepsSessions())) return false;
  for (const table of RATING) {
    await createTable(store, table, `correlate/match/${table}.sql`);
  }
  return true;
}

/** What is done once all is matched: other tries of the same request, and how sure each match is. */
const RATING = ['likely_attempts', 'last_attempts', 'contested_servers', 'rated_matches'] as const;

async function addTies(store: Store, ties: string): Promise<void> {
  await runFile(store, 'insert into session_ties', `correlate/groups/${ties}.sql`);
}

async function takePairs(store: Store, pairs: string, basis: string): Promise<void> {
  await createTable(store, 'new_pairs', `correlate/match/${pairs}.sql`);
  await runFile(store, 'insert into matches by name', 'correlate/match/kept_pairs.sql', { basis });
}

/** One rung after the other, as long as there are open calls on both sides. */
async function climbRungs(
  store: Store,
  rungs: readonly Rung[],
  knowsClocks: boolean,
): Promise<void> {
  if ((await countOf(store, 'open_gateway')) === 0 || (await countOf(store, 'open_server')) === 0)
    return;
  for (const rung of rungs) {
    const isAnyPaired = await climbRung(store, rung, knowsClocks);
    if (isAnyPaired && !(await closeMatched(store, rung.basis))) return;
  }
}

/** Says whether it found a pair. */
async function climbRung(store: Store, rung: Rung, knowsClocks: boolean): Promise<boolean> {
  const lineUp = `correlate/match/${rung.lineUp}.sql`;
  if ((await createTable(store, 'lined_up', lineUp, rung.params)) === 0) return false;
  if ((await createTable(store, 'lined_up', 'correlate/match/two_sided.sql')) === 0) return false;
  const window = { window_ms: rung.windowMs };
  await createTable(store, 'candidates', 'correlate/match/candidates.sql', window);
  const rounds = knowsClocks ? ROUNDS : [inOrder(true), ...ROUNDS];
  return pairLinedUp(store, rung, rounds);
}

/** Plays the rounds on what is lined up. Says whether any of them found a pair. */
async function pairLinedUp(store: Store, rung: Rung, rounds: readonly Round[]): Promise<boolean> {
  // What finds nothing finds nothing again before another round has taken something away.
  const idle = new Set<string>();
  let isAnyPaired = false;
  for (const { file, params, round, before } of rounds) {
    const what = JSON.stringify([file, params]);
    if (idle.has(what)) continue;
    const inWindow = { window_ms: rung.windowMs, ...params };
    const path = `correlate/match/${file}.sql`;
    if (before !== undefined) await createTable(store, before, `correlate/match/${before}.sql`);
    if ((await createTable(store, 'new_pairs', path, inWindow)) === 0) {
      idle.add(what);
      continue;
    }
    idle.clear();
    isAnyPaired = true;
    const how = { rung: rung.rung, basis: rung.basis, round };
    await runFile(store, 'insert into matches by name', 'correlate/match/found_pairs.sql', how);
    if ((await createTable(store, 'lined_up', 'correlate/match/still_lined_up.sql')) === 0) break;
  }
  return isAnyPaired;
}

/** Every open server has an offset: then times say more than the order of calls. */
async function knowsAllClocks(store: Store): Promise<boolean> {
  const [row] = await store.query<{ unknown: number }>('correlate/match/unknown_clocks.sql');
  return row?.unknown === 0;
}

interface Round {
  readonly file: string;
  readonly params: Readonly<Record<string, Parameter>>;
  readonly round: 'nearest' | 'left over' | 'in order';
  /** What it reads beside the line-up, as a table made first: both in one statement would be too much for little memory. */
  readonly before?: string;
}

const NEAREST: Round = {
  file: 'pairs_by_nearness',
  params: {},
  round: 'nearest',
  before: 'placed_calls',
};
const NEXT_NEAREST: Round = { ...NEAREST, round: 'left over' };
const inOrder = (whole: boolean): Round => ({
  file: 'pairs_in_order',
  params: { whole },
  round: 'in order',
});

/** Bounded rounds of mutual nearness, then what is left in order of time. */
const ROUNDS: readonly Round[] = [
  NEAREST,
  NEXT_NEAREST,
  NEXT_NEAREST,
  inOrder(false),
  NEXT_NEAREST,
  inOrder(false),
];

/** Takes away what was just matched on this basis. Says whether there are still open calls on both sides. */
async function closeMatched(store: Store, basis: string): Promise<boolean> {
  await closeSide(store, 'open_gateway', 'gateway_id', basis);
  await closeSide(store, 'open_server', 'server_key', basis);
  return (await countOf(store, 'open_gateway')) > 0 && (await countOf(store, 'open_server')) > 0;
}

async function closeSide(store: Store, table: string, key: string, basis: string): Promise<void> {
  await store.takeOut(table, `${key} in (select ${key} from matches where basis = '${basis}')`);
}
