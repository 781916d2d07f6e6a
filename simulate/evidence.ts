import type { Call } from './call.ts';
import { seenAs } from './fleet/agents.ts';
import { isKept } from './sampling.ts';

/** By what the two sides of a call can be joined, at best. */
export type Linkage =
  | 'operation_id'
  | 'session'
  | 'agent'
  | 'gateway_only'
  | 'server_only'
  /** Both sides were logged, but share nothing: they look like two calls. */
  | 'unmatchable';

/** The gateway saw the call, and its log arrived. */
export function hasGatewayRecord({ gateway, faults }: Call): boolean {
  return gateway !== undefined && !faults.gatewayLost;
}

/** The server logged the call, and its log arrived. */
export function hasServerRecord({ ending, faults }: Call): boolean {
  return ending.serverSees && !faults.serverLost && faults.sampling !== 'dropped';
}

/** The session as the gateway logs it. */
export function gatewaySession({ faults, sessionId }: Call): string | undefined {
  return faults.noSession ? undefined : sessionId;
}

/** The session as the server logs it. */
export function serverSession({ faults, serverSessionId }: Call): string | undefined {
  return faults.noSession ? undefined : serverSessionId;
}

export function gatewayAgent({ faults, caller }: Call): string | undefined {
  return faults.noGatewayAgent ? undefined : seenAs(caller.agent);
}

export function serverAgent({ faults, caller }: Call): string | undefined {
  return faults.noServerAgent ? undefined : seenAs(faults.otherAgent ?? caller.agent);
}

/** A span as it is logged in the call's trace. */
export function loggedSpan(call: Call, span: string): string {
  return call.faults.legacyIds ? `|${call.gatewayTrace}.${span}.` : span;
}

/** What clients wrote before W3C's traceparent: some of them with a UUID as the root. */
export function legacyId(call: Call, span: string): string {
  const trace = call.gatewayTrace;
  const root =
    call.number % 2 === 0
      ? trace
      : `${trace.slice(0, 8)}-${trace.slice(8, 12)}-${trace.slice(12, 16)}-${trace.slice(16, 20)}-${trace.slice(20)}`;
  return `|${root}.${span}.`;
}

/** Both sides tell of the call, and by the same agent. */
export function linkageOf(call: Call): Linkage {
  if (!hasServerRecord(call)) return 'gateway_only';
  if (!hasGatewayRecord(call)) return 'server_only';
  if (!call.faults.noTrace) return 'operation_id';
  const session = gatewaySession(call);
  if (session !== undefined && session === serverSession(call)) return 'session';
  const agent = gatewayAgent(call);
  return agent !== undefined && agent === serverAgent(call) ? 'agent' : 'unmatchable';
}

/** The gateway's log names the very span that the server's request has as its parent. */
export function hasParentage(call: Call, hasGatewayInsights: boolean): boolean {
  const { gateway, faults } = call;
  if (!gateway || faults.noTrace || call.isLinked) return false;
  if (gateway.logsBackendHeaders && !faults.legacyIds) return true;
  return hasGatewayInsights && isKept(call.gatewayTrace, gateway.insightsKeepsOneOf);
}
