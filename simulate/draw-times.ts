import type { CallCourse, CallPlan, CallTimes } from './call.ts';
import { clockSkewMs } from './clocks.ts';
import type { Ending } from './endings.ts';
import type { Faults } from './fault-table.ts';
import { DOCS, DOCS_SLOW_AFTER, DOCS_SLOWDOWN, type Tool } from './fleet/servers.ts';
import type { Random } from './random.ts';
import { microsFromMs } from './timestamps.ts';

/** From the decision, or from the request where none is needed, until the tool runs. */
const EXECUTION_DELAY_MS = 4;

/** Draws when each part of a call happened, and how long it took. */
export function drawTimes(
  random: Random,
  plan: CallPlan,
  { tool, gateway, ending, approval, bypass }: CallCourse,
  rates: Faults,
): CallTimes {
  const workMs = drawWork(random, plan, tool, ending);
  const waitedMs = bypass === 'executed_before_decision' ? 0 : (approval?.waitMs ?? 0);
  const serverMs = Math.round((workMs + waitedMs) * 1000) / 1000;
  const overheadMs = random.int(4, 34);
  const networkMs = random.int(1, 6);
  const clientMs = random.int(0, 5);
  const backendMs = ending.serverSees ? Math.ceil(serverMs) + networkMs : failMs(random, ending);
  const onTheWayMs = (networkMs + (gateway ? overheadMs : 0)) / 2;
  const skewMs = clockSkewMs(plan.server, plan.at, rates);
  const serverAt = plan.at + microsFromMs(onTheWayMs + skewMs);
  // The server asks first of all.
  const decidedAt =
    bypass === 'executed_on_used_approval'
      ? plan.usedApprovals.get(tool.name)?.decidedAt
      : approval && serverAt + microsFromMs(approval.waitMs);
  return {
    totalMs: backendMs + overheadMs + clientMs,
    backendMs,
    clientMs,
    serverMs,
    sentAt: plan.at + microsFromMs(3),
    serverAt,
    skewMs,
    waitedMs,
    downstreamMs: Math.round(workMs * 700) / 1000,
    executedAt: ending.executes
      ? serverAt + microsFromMs(waitedMs + EXECUTION_DELAY_MS)
      : undefined,
    decidedAt,
  };
}

/** Time of the tool itself, without any human. */
function drawWork(random: Random, { server, progress }: CallPlan, tool: Tool, ending: Ending) {
  if (ending.serverSees && !ending.executes) return random.logNormal(12, 0.5);
  const slowdown = server === DOCS && progress >= DOCS_SLOW_AFTER ? DOCS_SLOWDOWN : 1;
  return Math.max(40, random.logNormal(tool.medianMs * slowdown, tool.sigma));
}

/** How long the gateway tried before it gave up; nothing where it refused by itself. */
function failMs(random: Random, { httpStatus }: Ending): number {
  return httpStatus === 502 ? random.int(900, 4_000) : 0;
}
