import { bypassOf, drawApproval, drawBypass, isUnasked } from './approvals.ts';
import type { Call, CallCourse, CallIds, CallPlan, CallTimes } from './call.ts';
import { drawFaults } from './call-faults.ts';
import { clockSkewMs } from './clocks.ts';
import { drawEnding, type Ending, endingAfterApproval, endingOf } from './endings.ts';
import type { Faults } from './fault-table.ts';
import { GATEWAYS, type Gateway } from './fleet/gateways.ts';
import { DOCS, DOCS_SLOW_AFTER, DOCS_SLOWDOWN, type Tool } from './fleet/servers.ts';
import { STAGING } from './incidents.ts';
import type { Random } from './random.ts';
import { withAttempts, withRounds } from './several-requests.ts';
import { microsFromMs } from './timestamps.ts';

/** From the decision, or from the request where none is needed, until the tool runs. */
const EXECUTION_DELAY_MS = 4;
const OTHER_REGION_SHARE = 0.05;

/** Draws how a planned call went. */
export function drawCall(random: Random, plan: CallPlan, rates: Faults): Call {
  const course = drawCourse(random, plan, rates);
  const call: Call = {
    ...plan,
    ...course,
    ...drawIds(random, plan, course, rates),
    ...drawTimes(random, plan, course, rates),
    startedAt: plan.at,
    rounds: [],
    attempts: [],
    batch: undefined,
  };
  if (call.incident !== undefined) return call;
  if (asksForInput(call) && random.chance(rates.input_required)) return withRounds(random, call);
  if (isSentOn(call) && random.chance(rates.attempts)) return withAttempts(random, call);
  return call;
}

function asksForInput({ protocol, ending, prescribed }: Call): boolean {
  return protocol === '2026-07-28' && ending.httpStatus === 200 && !prescribed?.ending;
}

/** In a trace, where the tries of one request can be told from two requests. */
function isSentOn({ gateway, ending, faults, prescribed }: Call): boolean {
  return gateway !== undefined && ending.serverSees && !faults.noTrace && !prescribed?.ending;
}

function drawCourse(random: Random, plan: CallPlan, rates: Faults): CallCourse {
  const { server, incident, prescribed } = plan;
  const tool = prescribed?.tool ?? drawTool(random, plan);
  const drawn = prescribed?.ending ?? drawOwnEnding(random, plan, rates);
  const asks = tool.needsApproval && drawn.executes;
  const bypass = bypassOf(incident) ?? (asks && !incident ? drawBypass(random, rates) : undefined);
  const approval =
    asks && !isUnasked(bypass) ? drawApproval(random, incident, bypass, rates) : undefined;
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

function drawOwnEnding(random: Random, { incident }: CallPlan, rates: Faults): Ending {
  return incident === undefined ? drawEnding(random, rates.tool_errors) : endingOf(incident);
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

function drawIds(
  random: Random,
  { traceId, server, prescribed }: CallPlan,
  { faults, bypass }: CallCourse,
  rates: Faults,
): CallIds {
  const isLinked = server.reportsBy === 'otlp' && !faults.noTrace && random.chance(rates.linked);
  const ids = {
    correlationId: random.uuid(),
    clientSpan: random.hex(2),
    gatewaySpan: random.hex(2),
    backendSpan: random.hex(2),
    serverSpan: random.hex(2),
    downstreamSpan: random.hex(2),
    gatewayTrace: faults.noTrace ? random.hex(4) : traceId,
    serverTrace: faults.noTrace || isLinked ? random.hex(4) : traceId,
    argumentsHash: random.hex(8),
  };
  const argumentsHash = prescribed?.argumentsHash ?? ids.argumentsHash;
  return {
    ...ids,
    clientSpan: prescribed?.clientSpan ?? ids.clientSpan,
    isLinked,
    argumentsHash,
    approvedHash: bypass === 'executed_with_other_arguments' ? random.hex(8) : argumentsHash,
  };
}

function drawTimes(
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
  const decidedAt = approval && serverAt + microsFromMs(approval.waitMs);
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
