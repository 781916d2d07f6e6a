import type { Approval, Bypass } from './approvals.ts';
import type { CallFaults } from './call-faults.ts';
import type { Ending } from './endings.ts';
import type { Agent } from './fleet/agents.ts';
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
}

/** When a call happened, and how long its parts took. */
export interface CallTimes {
  readonly totalMs: number;
  readonly backendMs: number;
  readonly clientMs: number;
  /** Time in the server, human approval included. */
  readonly serverMs: number;
  readonly serverAt: Micros;
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
  readonly sessionId: string | undefined;
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
export interface Call extends CallPlan, CallCourse, CallIds, CallTimes {}
