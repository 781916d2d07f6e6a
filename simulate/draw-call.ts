import { bypassOf, drawApproval } from './approvals.ts';
import type { Call, CallCourse, CallIds, CallPlan, CallTimes } from './call.ts';
import { drawFaults } from './call-faults.ts';
import { drawEnding, type Ending, endingAfterApproval, endingOf } from './endings.ts';
import type { Faults } from './faults.ts';
import { GATEWAYS, type Gateway } from './fleet/gateways.ts';
import { DOCS, DOCS_SLOW_AFTER, DOCS_SLOWDOWN, type Tool } from './fleet/servers.ts';
import { STAGING } from './incidents.ts';
import type { Random } from './random.ts';
import { microsFromMs } from './timestamps.ts';

/** From the decision, or from the request where none is needed, until the tool runs. */
const EXECUTION_DELAY_MS = 4;
const LINKED_SHARE = 0.2;
const OTHER_REGION_SHARE = 0.05;

/** Draws how a planned call went. */
export function drawCall(random: Random, plan: CallPlan, rates: Faults): Call {
  const course = drawCourse(random, plan, rates);
  return {
    ...plan,
    ...course,
    ...drawIds(random, plan, course),
    ...drawTimes(random, plan, course, rates.skew_ms),
  };
}

function drawCourse(random: Random, plan: CallPlan, rates: Faults): CallCourse {
  const { server, incident } = plan;
  const tool = drawTool(random, plan);
  const bypass = bypassOf(incident);
  const drawn = incident === undefined ? drawEnding(random) : endingOf(incident);
  const asks = tool.needsApproval && drawn.executes && bypass !== 'claimed_not_required';
  const approval = asks ? drawApproval(random, incident) : undefined;
  const goesOn = approval === undefined || approval.result === 'approved' || bypass !== undefined;
  return {
    tool,
    gateway: drawGateway(random, plan),
    ending: endingAfterApproval(drawn, goesOn),
    approval,
    bypass,
    faults: drawFaults(random, rates, server, incident),
  };
}

function drawTool(random: Random, { server, incident }: CallPlan): Tool {
  const staged = incident && STAGING[incident].tool;
  return server.tools.find(({ name }) => name === staged) ?? random.weighted(server.tools);
}

function drawGateway(random: Random, { server, incident }: CallPlan): Gateway | undefined {
  if (incident === 'gateway_bypass') return undefined;
  if (incident !== undefined || !random.chance(OTHER_REGION_SHARE)) return server.gateway;
  return GATEWAYS.find((other) => other !== server.gateway);
}

function drawIds(random: Random, { caller, server }: CallPlan, { faults }: CallCourse): CallIds {
  const isLinked = server.reportsBy === 'otlp' && !faults.noTrace && random.chance(LINKED_SHARE);
  return {
    correlationId: random.uuid(),
    clientSpan: random.hex(2),
    gatewaySpan: random.hex(2),
    backendSpan: random.hex(2),
    serverSpan: random.hex(2),
    downstreamSpan: random.hex(2),
    gatewayTrace: faults.noTrace ? random.hex(4) : caller.traceId,
    serverTrace: faults.noTrace || isLinked ? random.hex(4) : caller.traceId,
    isLinked,
    argumentsHash: random.hex(8),
  };
}

function drawTimes(
  random: Random,
  plan: CallPlan,
  { tool, gateway, ending, approval, bypass }: CallCourse,
  skewMs: number,
): CallTimes {
  const workMs = drawWork(random, plan, tool, ending);
  const waitedMs = bypass === 'executed_before_decision' ? 0 : (approval?.waitMs ?? 0);
  const serverMs = Math.round((workMs + waitedMs) * 1000) / 1000;
  const overheadMs = random.int(4, 34);
  const networkMs = random.int(1, 6);
  const clientMs = random.int(0, 5);
  const backendMs = ending.serverSees ? Math.ceil(serverMs) + networkMs : failMs(random, ending);
  const onTheWayMs = (networkMs + (gateway ? overheadMs : 0)) / 2;
  const serverAt = plan.at + microsFromMs(onTheWayMs + plan.server.skewShare * skewMs);
  // The server asks first of all.
  const decidedAt = approval && serverAt + microsFromMs(approval.waitMs);
  return {
    totalMs: backendMs + overheadMs + clientMs,
    backendMs,
    clientMs,
    serverMs,
    serverAt,
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
