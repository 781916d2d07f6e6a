import { type Approval, type Bypass, bypassOf, drawApproval } from './approvals.ts';
import { type CallFaults, drawFaults } from './call-faults.ts';
import { drawEnding, type Ending, endingAfterApproval, endingOf } from './endings.ts';
import type { Faults } from './faults.ts';
import type { Agent } from './fleet/agents.ts';
import { GATEWAYS, type Gateway } from './fleet/gateways.ts';
import { DOCS, DOCS_SLOW_AFTER, DOCS_SLOWDOWN, type Server, type Tool } from './fleet/servers.ts';
import { type Incident, STAGING } from './incidents.ts';
import type { Random } from './random.ts';
import { type Micros, microsFromMs } from './timestamps.ts';

/** Who calls, and in which trace: several calls of one piece of an agent's work share it. */
export interface Caller {
  readonly agent: Agent;
  readonly user: string;
  readonly ip: string;
  readonly traceId: string;
}

/** One true MCP tools/call: what happened, whatever the records will say. */
export interface Call {
  readonly number: number;
  readonly caller: Caller;
  readonly server: Server;
  readonly tool: Tool;
  /** Undefined: the call went past every gateway. */
  readonly gateway: Gateway | undefined;
  readonly incident: Incident | undefined;
  readonly at: Micros;
  readonly sessionId: string | undefined;
  readonly ending: Ending;
  readonly approval: Approval | undefined;
  readonly bypass: Bypass | undefined;
  readonly faults: CallFaults;

  readonly correlationId: string;
  readonly clientSpan: string;
  readonly gatewaySpan: string;
  readonly backendSpan: string;
  readonly serverSpan: string;
  readonly downstreamSpan: string;
  /** The trace in which each side logs. They differ where no trace is shared. */
  readonly gatewayTrace: string;
  readonly serverTrace: string;
  /** The server's span is in its own trace, and only links to the HTTP trace (MCP over OTel). */
  readonly isLinked: boolean;
  readonly argumentsHash: string;

  readonly totalMs: number;
  readonly backendMs: number;
  readonly clientMs: number;
  /** Time in the server, human approval included. */
  readonly serverMs: number;
  readonly serverAt: Micros;
  readonly downstreamMs: number;
  readonly isExecuted: boolean;
  readonly executedAt: Micros | undefined;
  readonly decidedAt: Micros | undefined;
}

export interface CallPlan {
  readonly number: number;
  readonly caller: Caller;
  readonly server: Server;
  readonly incident: Incident | undefined;
  readonly at: Micros;
  readonly sessionId: string | undefined;
  /** How much of the window has passed, 0 to 1. */
  readonly progress: number;
}

const REQUEST_TO_APPROVAL_MS = 20;
const LINKED_SHARE = 0.2;
const OTHER_REGION_SHARE = 0.05;

export function drawCall(random: Random, plan: CallPlan, rates: Faults): Call {
  const { server, incident } = plan;
  const tool = toolOf(random, plan);
  const isDirect = incident === 'gateway_bypass';
  const bypass = bypassOf(incident);
  const drawn = incident === undefined ? drawEnding(random) : endingOf(incident);
  const waits = tool.needsApproval && drawn.serverSees && bypass !== 'claimed_not_required';
  const approval = waits ? drawApproval(random, incident) : undefined;
  const granted = approval === undefined || approval.result === 'approved' || bypass !== undefined;
  const ending = endingAfterApproval(drawn, granted);
  const faults = drawFaults(random, rates, server, incident);

  const workMs = drawWork(random, plan, tool, ending);
  const serverMs = Math.round((workMs + (approval?.waitMs ?? 0)) * 1000) / 1000;
  const gateway = isDirect ? undefined : gatewayOf(random, server, incident);
  const overheadMs = random.int(4, 34);
  const networkMs = random.int(1, 6);
  const clientMs = random.int(0, 5);
  const backendMs = ending.serverSees ? Math.ceil(serverMs) + networkMs : refusedMs(random, ending);
  const serverAt =
    plan.at +
    microsFromMs(
      (isDirect ? 0 : overheadMs / 2) + networkMs / 2 + server.skewShare * rates.skew_ms,
    );
  const decidedAt = approval
    ? serverAt + microsFromMs(REQUEST_TO_APPROVAL_MS + approval.waitMs)
    : undefined;
  const downstreamMs = Math.round(workMs * 700) / 1000;

  const isLinked = server.reportsBy === 'otlp' && !faults.noTrace && random.chance(LINKED_SHARE);
  return {
    ...plan,
    tool,
    gateway,
    ending,
    approval,
    bypass,
    faults,
    correlationId: random.uuid(),
    clientSpan: random.hex(2),
    gatewaySpan: random.hex(2),
    backendSpan: random.hex(2),
    serverSpan: random.hex(2),
    downstreamSpan: random.hex(2),
    gatewayTrace: faults.noTrace ? random.hex(4) : plan.caller.traceId,
    serverTrace: faults.noTrace || isLinked ? random.hex(4) : plan.caller.traceId,
    isLinked,
    argumentsHash: random.hex(8),
    totalMs: backendMs + overheadMs + clientMs,
    backendMs,
    clientMs,
    serverMs,
    serverAt,
    downstreamMs,
    isExecuted: ending.executes,
    executedAt: ending.executes ? executionOf(serverAt, decidedAt, bypass) : undefined,
    decidedAt,
  };
}

function executionOf(serverAt: Micros, decidedAt: Micros | undefined, bypass: Bypass | undefined) {
  const waited = decidedAt !== undefined && bypass !== 'executed_before_decision';
  return waited ? decidedAt + microsFromMs(4) : serverAt + microsFromMs(REQUEST_TO_APPROVAL_MS + 4);
}

function toolOf(random: Random, { server, incident }: CallPlan): Tool {
  const staged = incident && STAGING[incident].tool;
  return server.tools.find(({ name }) => name === staged) ?? random.weighted(server.tools);
}

function gatewayOf(random: Random, { gateway }: Server, incident: Incident | undefined): Gateway {
  if (incident !== undefined || !random.chance(OTHER_REGION_SHARE)) return gateway;
  return GATEWAYS.find((other) => other !== gateway) ?? gateway;
}

function refusedMs(random: Random, { httpStatus }: Ending): number {
  return httpStatus === 502 ? random.int(900, 4_000) : 0;
}

/** Time of the tool itself, without any human. */
function drawWork(random: Random, { server, progress }: CallPlan, tool: Tool, ending: Ending) {
  if (ending.name === 'rpc_error' || ending.name === 'refused') return random.logNormal(12, 0.5);
  const slowdown = server === DOCS && progress >= DOCS_SLOW_AFTER ? DOCS_SLOWDOWN : 1;
  return Math.max(40, random.logNormal(tool.medianMs * slowdown, tool.sigma));
}
