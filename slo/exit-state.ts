import type { Judgement } from './judgement.ts';

/** What may hold a gate up; what was left open does, unless its definition says otherwise. */
export type Gated = Pick<Judgement, 'state'> & Partial<Pick<Judgement, 'onInconclusive'>>;

/**
 * What the judgements come to as a gate. A breach wins over all else; without any judgement nothing
 * was verified. What a definition's `on-inconclusive` lets pass does not hold the gate up.
 */
export function sloExitState(judgements: readonly Gated[]): 'met' | 'breached' | 'not_verified' {
  if (judgements.some(({ state }) => state === 'breached')) return 'breached';
  const isUnverified = judgements.some(
    ({ state, onInconclusive = 'fail' }) =>
      onInconclusive === 'fail' && (state === 'insufficient_data' || state === 'not_provable'),
  );
  return isUnverified || judgements.length === 0 ? 'not_verified' : 'met';
}
