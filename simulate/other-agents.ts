import type { Call } from './call.ts';
import { hasGatewayRecord, hasServerRecord } from './evidence.ts';
import { type Agent, KNOWN_AGENTS } from './fleet/agents.ts';

/**
 * The agent that the server names instead of the one that called, as one does that goes by whom its
 * client was registered for: the next with an owner that calls it too. Only where both sides name one;
 * who approved what is left alone.
 */
export function otherAgentOf(call: Call, share: number): Agent | undefined {
  const { faults, server, caller, approval, incident } = call;
  if (incident !== undefined || approval || faults.noGatewayAgent || faults.noServerAgent)
    return undefined;
  if (!caller.agent.isKnown || !hasGatewayRecord(call) || !hasServerRecord(call)) return undefined;
  if (chanceOf(call) >= share) return undefined;
  const from = KNOWN_AGENTS.indexOf(caller.agent) + 1;
  return [...KNOWN_AGENTS.slice(from), ...KNOWN_AGENTS.slice(0, from - 1)].find(
    ({ owner, servers }) =>
      owner !== undefined && servers.some((called) => called.server === server),
  );
}

/** From 0 to below 1, out of what was drawn already: one draw more would make every later call another. */
function chanceOf({ correlationId }: Call): number {
  return Number.parseInt(correlationId.slice(0, 8), 16) / 2 ** 32;
}
