import type { Incident } from './incidents.ts';
import type { Random } from './random.ts';

/** How an approval was got round. */
export type Bypass =
  | 'claimed_not_required'
  | 'executed_despite_denial'
  | 'executed_before_decision';

/** What a human decided about one call, and how long that took. */
export interface Approval {
  readonly id: string;
  readonly result: 'approved' | 'denied' | 'expired';
  readonly waitMs: number;
  readonly approver: string;
}

export const APPROVAL_LIFETIME_MS = 120_000;
const APPROVERS = ['cfo@contoso.com', 'controller@contoso.com'] as const;

/** Approvals take seconds to minutes; one in five is not given. */
export function drawApproval(random: Random, incident: Incident | undefined): Approval {
  const result = resultOf(incident) ?? drawResult(random);
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

function drawResult(random: Random): Approval['result'] {
  const share = random.unit();
  if (share < 0.8) return 'approved';
  return share < 0.93 ? 'denied' : 'expired';
}
