import {
  type Approval,
  type Bypass,
  bypassOf,
  drawApproval,
  drawBypass,
  isUnasked,
  type UsedApproval,
} from './approvals.ts';
import type { Call, CallCourse, CallIds, CallPlan } from './call.ts';
import { drawFaults } from './call-faults.ts';
import { drawTimes } from './draw-times.ts';
import { drawEnding, type Ending, endingAfterApproval, endingOf } from './endings.ts';
import type { Faults } from './fault-table.ts';
import { GATEWAYS, type Gateway } from './fleet/gateways.ts';
import type { Tool } from './fleet/servers.ts';
import { STAGING } from './incidents.ts';
import { otherAgentOf } from './other-agents.ts';
import type { Random } from './random.ts';
import { withAttempts, withRounds } from './several-requests.ts';

const OTHER_REGION_SHARE = 0.05;

/** Draws how a planned call went. */
export function drawCall(random: Random, plan: CallPlan, rates: Faults): Call {
  const course = drawCourse(random, plan, rates);
  const drawn: Call = {
    ...plan,
    ...course,
    ...drawIds(random, plan, course, rates),
    ...drawTimes(random, plan, course, rates),
    startedAt: plan.at,
    rounds: [],
    attempts: [],
    batch: undefined,
  };
  const otherAgent = otherAgentOf(drawn, rates.other_agent);
  const call = { ...drawn, faults: { ...drawn.faults, otherAgent } };
  if (call.incident !== undefined) return call;
  if (asksForInput(call) && random.chance(rates.input_required)) return withRounds(random, call);
  if (isSentOn(call) && random.chance(rates.attempts)) return withAttempts(random, call);
  return call;
}

function asksForInput({ protocol, ending, bypass, prescribed }: Call): boolean {
  return protocol === '2026-07-28' && ending.httpStatus === 200 && !bypass && !prescribed?.ending;
}

/** In a trace, where the tries of one request can be told from two requests. */
function isSentOn({ gateway, ending, faults, bypass, prescribed }: Call): boolean {
  if (bypass || prescribed?.ending) return false;
  return gateway !== undefined && ending.serverSees && !faults.noTrace;
}

function drawCourse(random: Random, plan: CallPlan, rates: Faults): CallCourse {
  const { server, incident, prescribed } = plan;
  const tool = prescribed?.tool ?? drawTool(random, plan);
  const drawn = prescribed?.ending ?? drawOwnEnding(random, plan, rates);
  const asks = tool.needsApproval && drawn.executes;
  const used = usableAgain(plan, tool);
  const bypass =
    bypassOf(incident) ?? (asks && !incident ? drawBypass(random, rates, used) : undefined);
  const approval =
    asks && !isUnasked(bypass) ? approvalOf(random, plan, used, bypass, rates) : undefined;
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

/** A repeated call has arguments of its own, and nothing is used before it was decided. */
function usableAgain(
  { at, prescribed, usedApprovals }: CallPlan,
  tool: Tool,
): UsedApproval | undefined {
  const used = prescribed?.argumentsHash === undefined ? usedApprovals.get(tool.name) : undefined;
  return used && used.decidedAt < at ? used : undefined;
}

function approvalOf(
  random: Random,
  { incident }: CallPlan,
  used: UsedApproval | undefined,
  bypass: Bypass | undefined,
  rates: Faults,
): Approval {
  if (used && bypass === 'executed_on_used_approval') return { ...used.approval, waitMs: 0 };
  return drawApproval(random, incident, bypass, rates);
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
  { traceId, server, prescribed, usedApprovals }: CallPlan,
  { tool, faults, bypass }: CallCourse,
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
  const used = bypass === 'executed_on_used_approval' ? usedApprovals.get(tool.name) : undefined;
  const argumentsHash = used?.argumentsHash ?? prescribed?.argumentsHash ?? ids.argumentsHash;
  return {
    ...ids,
    clientSpan: prescribed?.clientSpan ?? ids.clientSpan,
    isLinked,
    argumentsHash,
    approvedHash: bypass === 'executed_with_other_arguments' ? random.hex(8) : argumentsHash,
  };
}
