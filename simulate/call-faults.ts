import type { Faults } from './faults.ts';
import type { Server } from './fleet/servers.ts';
import type { Incident } from './incidents.ts';
import type { Random } from './random.ts';

/** What goes wrong with the evidence of one call. */
export interface CallFaults {
  readonly noTrace: boolean;
  readonly noSession: boolean;
  readonly noAgent: boolean;
  readonly duplicate: boolean;
  readonly late: boolean;
  /** A server that samples kept this call, to stand for others, or dropped it. */
  readonly sampling: 'none' | 'kept' | 'dropped';
  readonly serverLost: boolean;
}

/** One record is kept of so many, and its ItemCount says so. */
export const SERVER_KEEPS_ONE_OF = 4;

const NONE: CallFaults = {
  noTrace: false,
  noSession: false,
  noAgent: false,
  duplicate: false,
  late: false,
  sampling: 'none',
  serverLost: false,
};

/** A staged incident has whole evidence, so that it can always be found. */
export function drawFaults(
  random: Random,
  rates: Faults,
  server: Server,
  incident: Incident | undefined,
): CallFaults {
  if (incident !== undefined) return NONE;
  return {
    noTrace: random.chance(rates.no_trace),
    noSession: random.chance(rates.no_session),
    noAgent: random.chance(rates.no_agent),
    duplicate: random.chance(rates.duplicates),
    late: random.chance(writesFiles(server) ? rates.late : 0),
    sampling: drawSampling(random, server.samples ? rates.sampled : 0),
    serverLost: random.chance(rates.gateway_only),
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
