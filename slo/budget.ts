import type { Tally } from './count.ts';
import { divide, multiply, ONE, type Rational, rational, subtract, toNumber } from './rational.ts';

/** What of the allowed bad rows is used. `remainingRatio` is negative when more is used than allowed. */
export interface Budget {
  readonly allowedRatio: number;
  readonly allowedEvents: number;
  readonly consumedRatio: number;
  readonly remainingRatio: number;
  readonly remainingEvents: number;
}

/** Exact share of the budget that the bad rows use; NULL without rows. 1 is exactly used up. */
export function consumed(good: Tally, bad: Tally, target: Rational): Rational | null {
  const total = good.weight + bad.weight;
  if (total === 0n) return null;
  return divide(rational(bad.weight, total), subtract(ONE, target));
}

export function budgetOf(good: Tally, bad: Tally, target: Rational): Budget | null {
  const used = consumed(good, bad, target);
  if (used === null) return null;
  const allowed = subtract(ONE, target);
  const allowedEvents = multiply(allowed, rational(good.weight + bad.weight, 1n));
  return {
    allowedRatio: toNumber(allowed),
    allowedEvents: toNumber(allowedEvents),
    consumedRatio: toNumber(used),
    remainingRatio: toNumber(subtract(ONE, used)),
    remainingEvents: toNumber(subtract(allowedEvents, rational(bad.weight, 1n))),
  };
}
