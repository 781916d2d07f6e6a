import type { Approval, Bypass, UsedApproval } from './approvals.ts';
import type { CallFaults } from './call-faults.ts';
import type { Ending } from './endings.ts';
import type { Agent, Protocol } from './fleet/agents.ts';
import type { Gateway } from './fleet/gateways.ts';
import type { Server, Tool } from './fleet/servers.ts';
import type { Incident } from './incidents.ts';
import type { Micros } from './timestamps.ts';

/** Who calls, and in which trace: several calls of one piece of an agent's work share it. */
export interface Caller {
  readonly agent: Agent;
  readonly user: string;
  readonly ip: string;
  readonly traceId: string;
}

/** The ids under which a call is logged. */
export interface CallIds {
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
  /** The arguments that a human saw: others than the call's, where the approval was misused. */
  readonly approvedHash: string;
}

/** What a call was told to be, instead of being drawn. */
export interface Prescribed {
  readonly tool?: Tool;
  readonly ending?: Ending;
  /** A repeated call has the arguments of the first, and at times its traceparent. */
  readonly argumentsHash?: string;
  readonly clientSpan?: string | undefined;
  readonly isRetry?: boolean;
  readonly isConcurrent?: boolean;
}

/** The place of a call in a JSON-RPC batch: one HTTP request that holds several. */
export interface BatchItem {
  readonly item: number;
  readonly tools: readonly string[];
  /** How long the server worked on the whole request. */
  readonly serverMs: number;
}

/** When a call happened, and how long its parts took. */
export interface CallTimes {
  readonly totalMs: number;
  readonly backendMs: number;
  readonly clientMs: number;
  /** Time in the server, human approval included. */
  readonly serverMs: number;
  /** When the gateway sent the request on to the server. */
  readonly sentAt: Micros;
  /** By the server's own clock, which is ahead by `skewMs`. */
  readonly serverAt: Micros;
  readonly skewMs: number;
  /** Of that, how long the call stood still for a human. */
  readonly waitedMs: number;
  readonly downstreamMs: number;
  /** Undefined: the tool never ran. */
  readonly executedAt: Micros | undefined;
  readonly decidedAt: Micros | undefined;
}

/** What was to happen, before it is known how it ended. */
export interface CallPlan {
  readonly number: number;
  readonly caller: Caller;
  readonly server: Server;
  readonly incident: Incident | undefined;
  readonly at: Micros;
  /** The revision that client and server agreed on. */
  readonly protocol: Protocol;
  readonly traceId: string;
  readonly sessionId: string | undefined;
  /** What the server calls the session. */
  readonly serverSessionId: string | undefined;
  readonly prescribed?: Prescribed | undefined;
  /** What was last approved for a tool at this server, by its name. */
  readonly usedApprovals: ReadonlyMap<string, UsedApproval>;
  /** How much of the window has passed, 0 to 1. */
  readonly progress: number;
}

/** How a call went. */
export interface CallCourse {
  readonly tool: Tool;
  /** Undefined: the call went past every gateway. */
  readonly gateway: Gateway | undefined;
  readonly ending: Ending;
  readonly approval: Approval | undefined;
  readonly bypass: Bypass | undefined;
  readonly faults: CallFaults;
}

/** One true MCP tools/call: what happened, whatever the records will say. */
export interface Call extends CallPlan, CallCourse, CallIds, CallTimes {
  /** When its first request began; later requests are rounds or attempts. */
  readonly startedAt: Micros;
  /** Earlier requests of the same call, which were answered by `input_required`. */
  readonly rounds: readonly Call[];
  /** Earlier tries of the gateway to reach the server with the same request. */
  readonly attempts: readonly Call[];
  readonly batch: BatchItem | undefined;
}
