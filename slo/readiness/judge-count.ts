import type { Verdict } from '../states.ts';
import type { CriterionCount } from './counts.ts';
import type { Required } from './criteria.ts';

/** Why what holds for all that was seen may not hold for all there was. */
export interface Doubts {
  readonly all: readonly string[];
  /** Of them that too little was observed: a share of what was seen is none of the rest either. */
  readonly coverage: readonly string[];
}

/** A verdict, and what of it the evidence as a whole is to blame for. */
export interface CountVerdict extends Verdict {
  readonly doubts: readonly string[];
}

/**
 * Whether enough of what was counted is as it should be. What could not be observed counts neither
 * way: it may be as it should, or not.
 */
export function judgeCount(
  { population, satisfied, failing, unobservable, example }: CriterionCount,
  required: Required,
  of: string,
  doubts: Doubts,
): CountVerdict {
  const many = population === 1 ? of : `${of}s`;
  const such = example === null ? '' : `, such as ${example}`;
  if (population === 0) {
    return { state: 'insufficient_data', reason: `No ${of} of that kind was seen.`, doubts: [] };
  }
  const unsaid = `The evidence does not say of ${unobservable} of ${population} ${many}${such}.`;
  if (required === 'one') {
    if (satisfied > 0) return { state: 'met', reason: '', doubts: [] };
    return unobservable > 0
      ? { state: 'not_provable', reason: unsaid, doubts: [] }
      : { state: 'breached', reason: `None of ${population} ${many} is so${such}.`, doubts: [] };
  }
  const percent = required === 'every' ? 100 : required.percent;
  if ((satisfied + unobservable) * 100 < percent * population) {
    return {
      state: 'breached',
      reason: `${failing} of ${population} ${many} ${failing === 1 ? 'is' : 'are'} not${such}.`,
      doubts: [],
    };
  }
  if (satisfied * 100 < percent * population) {
    return { state: 'not_provable', reason: unsaid, doubts: [] };
  }
  const open = required === 'every' ? doubts.all : doubts.coverage;
  if (open.length === 0) return { state: 'met', reason: '', doubts: [] };
  const seen = required === 'every' ? 'All that was seen is so' : 'Enough of what was seen is so';
  return { state: 'not_provable', reason: `${seen}, but: ${open.join(' ')}`, doubts: open };
}
