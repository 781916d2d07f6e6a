import type { Faults } from './fault-table.ts';
import type { Incident } from './incidents.ts';
import type { Random } from './random.ts';

/** How an approval was got round. */
export type Bypass =
  | 'claimed_not_required'
  | 'executed_despite_denial'
  | 'executed_before_decision'
  | 'executed_without_approval'
  | 'executed_with_other_arguments';

/** What a human decided about one call, and how long that took. */
export interface Approval {
  readonly id: string;
  readonly result: 'approved' | 'denied' | 'expired';
  readonly waitMs: number;
  readonly approver: string;
}

export const APPROVAL_LIFETIME_MS = 120_000;
const APPROVERS = ['cfo@contoso.com', 'controller@contoso.com'] as const;

/** Approvals take seconds to minutes. */
export function drawApproval(
  random: Random,
  incident: Incident | undefined,
  bypass: Bypass | undefined,
  rates: Faults,
): Approval {
  const isOther = bypass === 'executed_with_other_arguments';
  const result = resultOf(incident) ?? (isOther ? 'approved' : drawResult(random, rates));
  const wait = random.logNormal(22_000, 0.7);
  return {
    id: random.uuid(),
    result,
    waitMs:
      result === 'expired'
        ? APPROVAL_LIFETIME_MS
        : Math.round(Math.min(Math.max(wait, 2_000), APPROVAL_LIFETIME_MS - 1_000)),
    approver: random.pick(APPROVERS),
  };
}

/** How a call that needs an approval goes round it by chance; most do not. */
export function drawBypass(random: Random, rates: Faults): Bypass | undefined {
  if (random.chance(rates.approval_missing)) return 'executed_without_approval';
  return random.chance(rates.approval_other_arguments)
    ? 'executed_with_other_arguments'
    : undefined;
}

/** The tool ran although nobody had been asked. */
export function isUnasked(bypass: Bypass | undefined): boolean {
  return bypass === 'claimed_not_required' || bypass === 'executed_without_approval';
}

export function bypassOf(incident: Incident | undefined): Bypass | undefined {
  const isBypass =
    incident === 'claimed_not_required' ||
    incident === 'executed_despite_denial' ||
    incident === 'executed_before_decision';
  return isBypass ? incident : undefined;
}

function resultOf(incident: Incident | undefined): Approval['result'] | undefined {
  if (incident === 'approved' || incident === 'denied' || incident === 'expired') return incident;
  if (incident === 'executed_despite_denial') return 'denied';
  return incident === 'executed_before_decision' ? 'approved' : undefined;
}

function drawResult(random: Random, rates: Faults): Approval['result'] {
  const share = 1 - random.unit();
  if (share <= rates.approval_expired) return 'expired';
  return share <= rates.approval_expired + rates.approval_denied ? 'denied' : 'approved';
}
