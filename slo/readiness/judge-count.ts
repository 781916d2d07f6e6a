import type { Verdict } from '../states.ts';
import type { CriterionCount } from './counts.ts';
import type { Required } from './criteria.ts';

/**
 * Whether enough of what was counted is as it should be. What could not be observed counts neither
 * way: it may be as it should, or not.
 */
export function judgeCount(
  { population, satisfied, failing, unobservable, example }: CriterionCount,
  required: Required,
  of: string,
  doubts: readonly string[],
): Verdict {
  const many = population === 1 ? of : `${of}s`;
  const such = example === null ? '' : `, such as ${example}`;
  if (population === 0) {
    return { state: 'insufficient_data', reason: `No ${of} of that kind was seen.` };
  }
  const unsaid = `The evidence does not say of ${unobservable} of ${population} ${many}${such}.`;
  if (required === 'one') {
    if (satisfied > 0) return { state: 'met', reason: '' };
    return unobservable > 0
      ? { state: 'not_provable', reason: unsaid }
      : { state: 'breached', reason: `None of ${population} ${many} is so${such}.` };
  }
  const percent = required === 'every' ? 100 : required.percent;
  if ((satisfied + unobservable) * 100 < percent * population) {
    return {
      state: 'breached',
      reason: `${failing} of ${population} ${many} ${failing === 1 ? 'is' : 'are'} not${such}.`,
    };
  }
  if (satisfied * 100 < percent * population) return { state: 'not_provable', reason: unsaid };
  if (required === 'every' && doubts.length > 0) {
    return { state: 'not_provable', reason: `All that was seen is so, but: ${doubts.join(' ')}` };
  }
  return { state: 'met', reason: '' };
}
