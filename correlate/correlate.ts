import type { Store } from '../store/store.ts';
import { climbLadder } from './ladder.ts';
import { countOf, dropTables, runFile, runStep } from './run-step.ts';
import {
  COLLAPSE_SIDES,
  DESCRIBE_CALLS,
  LADDER_TABLES,
  NAME_CALLS,
  RESULTS,
  STEP_NAMES,
  type Step,
} from './steps.ts';

export interface CorrelateOptions {
  /** From scratch. Every run does that today: the rows are the same either way. */
  readonly rebuild?: boolean;
  /** How far apart two clocks may be where no trace joins the sides. */
  readonly skewMs?: number;
  /** A pause after which an inferred session is over. */
  readonly sessionIdleMs?: number;
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
  /** Events that are evidence of a tools/call; each is in exactly one call. */
  readonly toolCallEvents: number;
  readonly approvals: number;
  readonly authAttempts: number;
  readonly modelCalls: number;
  readonly sessions: number;
}

const DEFAULT_SKEW_MS = 2_000;
const DEFAULT_SESSION_IDLE_MS = 1_800_000;

/**
 * Makes everything of store/schema/003_calls.sql out of the events and the inventory. Each side is
 * collapsed to one row per call, then the sides meet one to one; nothing is dropped. The result
 * depends on what the events say, never on the order in which they arrived.
 */
export async function correlate(
  store: Store,
  options: CorrelateOptions = {},
): Promise<CorrelateSummary> {
  const skewMs = options.skewMs ?? DEFAULT_SKEW_MS;
  const params = {
    skew_ms: skewMs,
    idle_ms: options.sessionIdleMs ?? DEFAULT_SESSION_IDLE_MS,
  };
  const total =
    COLLAPSE_SIDES.length + 1 + NAME_CALLS.length + DESCRIBE_CALLS.length + RESULTS.length;
  let index = 0;
  const begin = (name: string): void => {
    index += 1;
    options.onStep?.(name, index, total);
  };
  const runSteps = async (steps: readonly Step[]): Promise<void> => {
    for (const step of steps) {
      begin(step.name);
      await runStep(store, step, params);
    }
  };

  await runSteps(COLLAPSE_SIDES);
  begin('matches');
  await climbLadder(store, skewMs);
  await runSteps(NAME_CALLS);
  await dropTables(store, LADDER_TABLES);
  await runSteps(DESCRIBE_CALLS);
  const toolCallEvents = await checkConservation(store);
  await store.transaction(async () => {
    for (const name of RESULTS) {
      begin(name);
      await store.run(`delete from ${name}`);
      await runFile(store, `insert into ${name} by name`, `correlate/results/${name}.sql`);
    }
  });
  await dropTables(store, STEP_NAMES);
  return summarize(store, toolCallEvents);
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

async function summarize(store: Store, toolCallEvents: number): Promise<CorrelateSummary> {
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
    toolCallEvents,
    approvals: await countOf(store, 'approvals'),
    authAttempts: await countOf(store, 'auth_attempts'),
    modelCalls: await countOf(store, 'model_calls'),
    sessions: await countOf(store, 'sessions'),
  };
}
