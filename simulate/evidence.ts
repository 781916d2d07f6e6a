import type { Call } from './call.ts';

/** By what the two sides of a call can be joined, at best. */
export type Linkage =
  | 'operation_id'
  | 'session'
  | 'agent'
  | 'gateway_only'
  | 'server_only'
  /** Both sides were logged, but share nothing: they look like two calls. */
  | 'unmatchable';

export function hasGatewayRecord({ gateway }: Call): boolean {
  return gateway !== undefined;
}

/** The server logged the call, and its log arrived. */
export function hasServerRecord({ ending, faults }: Call): boolean {
  return ending.serverSees && !faults.serverLost && faults.sampling !== 'dropped';
}

export function linkageOf(call: Call): Linkage {
  if (!hasServerRecord(call)) return 'gateway_only';
  if (!hasGatewayRecord(call)) return 'server_only';
  if (!call.faults.noTrace) return 'operation_id';
  if (call.sessionId !== undefined && !call.faults.noSession) return 'session';
  return call.faults.noAgent ? 'unmatchable' : 'agent';
}
