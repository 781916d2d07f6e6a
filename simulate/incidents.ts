import type { Faults } from './fault-table.ts';
import { type Agent, CLERK, HELPDESK, UNKNOWN, UNOWNED } from './fleet/agents.ts';
import { BILLING, CRM, DOCS, type Server } from './fleet/servers.ts';
import type { Random } from './random.ts';

/** Something that every simulated fleet has, so that whoever looks for it finds it. */
export type Incident =
  | 'approved'
  | 'denied'
  | 'expired'
  | 'claimed_not_required'
  | 'executed_despite_denial'
  | 'executed_before_decision'
  | 'forbidden'
  | 'bad_credential'
  | 'gateway_bypass'
  | 'unknown_agent'
  | 'unowned_agent';

interface Staging {
  readonly agent: Agent;
  readonly server: Server;
  readonly tool?: string;
}

const DESTRUCTIVE: Staging = { agent: CLERK, server: BILLING, tool: 'delete_invoice' };

/** Who does it, and where. */
export const STAGING: Readonly<Record<Incident, Staging>> = {
  approved: DESTRUCTIVE,
  denied: DESTRUCTIVE,
  expired: DESTRUCTIVE,
  claimed_not_required: DESTRUCTIVE,
  executed_despite_denial: { ...DESTRUCTIVE, tool: 'refund_payment' },
  executed_before_decision: DESTRUCTIVE,
  forbidden: { agent: HELPDESK, server: CRM, tool: 'update_contact' },
  bad_credential: { agent: HELPDESK, server: DOCS },
  gateway_bypass: { agent: UNOWNED, server: CRM },
  unknown_agent: { agent: UNKNOWN, server: DOCS },
  unowned_agent: { agent: UNOWNED, server: CRM },
};

/**
 * Which call is which incident, spread evenly over the calls. Authentication failures stay well
 * under the 0.1 % that the starting target allows; a fleet of few calls has none.
 */
export function planIncidents(
  calls: number,
  faults: Faults,
  random: Random,
): ReadonlyMap<number, Incident> {
  const bypasses =
    faults.server_only === 0 ? 0 : Math.max(5, Math.round(faults.server_only * calls));
  const staged: readonly (readonly [Incident, number])[] = [
    ['claimed_not_required', 1 + Math.floor(calls / 40_000)],
    ['executed_despite_denial', 1],
    ['executed_before_decision', 1],
    ['approved', 2],
    ['denied', 2],
    ['expired', 2],
    ['unknown_agent', 2],
    ['unowned_agent', 2],
    ['gateway_bypass', bypasses],
    ['bad_credential', Math.floor(calls / 2_500)],
    ['forbidden', Math.floor(calls / 8_000)],
  ];
  const wanted = staged.flatMap(([kind, count]) => Array.from({ length: count }, () => kind));
  const incidents = random.shuffle(wanted.slice(0, calls));
  return new Map(
    incidents.map((kind, index) => [Math.floor(((index + 0.5) * calls) / incidents.length), kind]),
  );
}
