import type { Faults } from './fault-table.ts';
import type { Incident } from './incidents.ts';
import type { Random } from './random.ts';
import type { Micros } from './timestamps.ts';

/** How an approval was got round. */
export type Bypass =
  | 'claimed_not_required'
  | 'executed_despite_denial'
  | 'executed_before_decision'
  | 'executed_without_approval'
  | 'executed_with_other_arguments'
  | 'executed_after_expiry'
  | 'executed_on_used_approval';

/** What a human decided about one call, and how long that took. */
export interface Approval {
  readonly id: string;
  readonly result: 'approved' | 'denied' | 'expired';
  readonly waitMs: number;
  /** From the request on; what is decided or done later is too late. */
  readonly lifetimeMs: number;
  readonly approver: string;
}

/** An approval that covered a call before. */
export interface UsedApproval {
  readonly approval: Approval;
  readonly decidedAt: Micros;
  readonly argumentsHash: string;
}

const APPROVAL_LIFETIME_MS = 120_000;
const APPROVERS = ['cfo@contoso.com', 'controller@contoso.com'] as const;

/** Approvals take seconds to minutes. */
export function drawApproval(
  random: Random,
  incident: Incident | undefined,
  bypass: Bypass | undefined,
  rates: Faults,
): Approval {
  const result =
    resultOf(incident) ?? (bypass === undefined ? drawResult(random, rates) : 'approved');
  const wait = random.logNormal(22_000, 0.7);
  const id = random.uuid();
  const waitMs =
    result === 'expired'
      ? APPROVAL_LIFETIME_MS
      : Math.round(Math.min(Math.max(wait, 2_000), APPROVAL_LIFETIME_MS - 1_000));
  const lifetimeMs = bypass === 'executed_after_expiry' ? waitMs / 2 : APPROVAL_LIFETIME_MS;
  return { id, result, waitMs, lifetimeMs, approver: random.pick(APPROVERS) };
}

/** How a call that needs an approval goes round it by chance; most do not. */
export function drawBypass(
  random: Random,
  rates: Faults,
  used: UsedApproval | undefined,
): Bypass | undefined {
  if (random.chance(rates.approval_missing)) return 'executed_without_approval';
  if (random.chance(rates.approval_other_arguments)) return 'executed_with_other_arguments';
  if (random.chance(rates.approval_stale)) return 'executed_after_expiry';
  return used && random.chance(rates.approval_reused) ? 'executed_on_used_approval' : undefined;
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
