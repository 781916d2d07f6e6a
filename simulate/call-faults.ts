import type { Faults } from './fault-table.ts';
import type { Agent } from './fleet/agents.ts';
import type { Server } from './fleet/servers.ts';
import type { Incident } from './incidents.ts';
import type { Random } from './random.ts';

/** What goes wrong with the evidence of one call. */
export interface CallFaults {
  readonly noTrace: boolean;
  readonly noSession: boolean;
  readonly noGatewayAgent: boolean;
  readonly noServerAgent: boolean;
  readonly duplicate: boolean;
  readonly late: boolean;
  readonly lateGateway: boolean;
  /** A server that samples kept this call, to stand for others, or dropped it. */
  readonly sampling: 'none' | 'kept' | 'dropped';
  readonly serverLost: boolean;
  readonly gatewayLost: boolean;
  readonly legacyIds: boolean;
  /** Whom the server names instead of the agent that called. */
  readonly otherAgent: Agent | undefined;
}

/** One record is kept of so many, and its ItemCount says so. */
export const SERVER_KEEPS_ONE_OF = 4;

const NONE: CallFaults = {
  noTrace: false,
  noSession: false,
  noGatewayAgent: false,
  noServerAgent: false,
  duplicate: false,
  late: false,
  lateGateway: false,
  sampling: 'none',
  serverLost: false,
  gatewayLost: false,
  legacyIds: false,
  otherAgent: undefined,
};

/** A staged incident has whole evidence, so that it can always be found. */
export function drawFaults(
  random: Random,
  rates: Faults,
  server: Server,
  incident: Incident | undefined,
): CallFaults {
  if (incident !== undefined) return NONE;
  const noTrace = random.chance(rates.no_trace);
  const noSession = random.chance(rates.no_session);
  const noAgent = random.chance(rates.no_agent);
  return {
    noTrace,
    noSession,
    duplicate: random.chance(rates.duplicates),
    late: random.chance(writesFiles(server) ? rates.late : 0),
    sampling: drawSampling(random, server.samples ? rates.sampled : 0),
    serverLost: random.chance(rates.gateway_only),
    ...drawOneSided(random, rates, noAgent),
    legacyIds: !noTrace && server.reportsBy !== 'otlp' && random.chance(rates.legacy_ids),
    otherAgent: undefined,
  };
}

/** At most one side is without what the other has: else it would be gone from both. */
function drawOneSided(random: Random, rates: Faults, noAgent: boolean) {
  const noGatewayAgent = noAgent || random.chance(rates.no_gateway_agent);
  const rest = rates.no_server_agent / Math.max(1 - rates.no_gateway_agent, rates.no_server_agent);
  return {
    noGatewayAgent,
    noServerAgent: noAgent || (!noGatewayAgent && random.chance(rest)),
    lateGateway: random.chance(rates.late_gateway),
    gatewayLost: random.chance(rates.gateway_lost),
  };
}

/** Only a server whose rows are exported one by one can have one of them come late. */
function writesFiles({ reportsBy }: Server): boolean {
  return reportsBy === 'app_traces' || reportsBy === 'app_events';
}

function drawSampling(random: Random, rate: number): CallFaults['sampling'] {
  if (!random.chance(rate)) return 'none';
  return random.chance(1 / SERVER_KEEPS_ONE_OF) ? 'kept' : 'dropped';
}
