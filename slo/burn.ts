import { consumed } from './budget.ts';
import { type BurnRule, detectedAfterMs } from './burn-rules.ts';
import type { LookbackTally, Tally } from './count.ts';
import { durationText } from './duration.ts';
import { compare, multiply, ONE, type Rational, subtract, toCount, toNumber } from './rational.ts';

/** A burn rate of 1 uses the whole budget in exactly the window; NULL: nothing to measure. */
export interface LookbackBurn {
  readonly lookback: string;
  readonly good: number | string;
  readonly bad: number | string;
  readonly burnRate: number | null;
}

/**
 * Over both windows: `firing`, or `low_traffic` when too few bad rows made it. `recovering`: only
 * the long one. `increasing`: only the short one. `unknown`: a window holds no rows.
 */
export type BurnState =
  | 'firing'
  | 'low_traffic'
  | 'recovering'
  | 'increasing'
  | 'quiet'
  | 'unknown';

export interface BurnPair {
  readonly name: string;
  readonly severity: string;
  readonly long: string;
  readonly short: string;
  readonly threshold: number;
  readonly longBurnRate: number | null;
  readonly shortBurnRate: number | null;
  readonly state: BurnState;
  /** The share of bad rows that it takes, over both windows. */
  readonly firesAboveRatio: number;
  /** How soon it would fire if everything failed from now on, and all had been well. */
  readonly outageFiresAfterMs: number | null;
  /** A page of the same objective fires: this one says nothing new. */
  readonly isSuppressed: boolean;
  /** A maintenance takes place: nobody is woken. */
  readonly isMuted: boolean;
}

export function lookbackBurns(
  lookbacks: readonly LookbackTally[],
  target: Rational,
): LookbackBurn[] {
  return lookbacks.map(({ ms, good, bad }) => ({
    lookback: durationText(ms),
    good: toCount(good.weight),
    bad: toCount(bad.weight),
    burnRate: rateNumber(consumed(good, bad, target)),
  }));
}

export function burnPairs(
  rules: readonly BurnRule[],
  lookbacks: readonly LookbackTally[],
  target: Rational,
  isMuted = false,
): BurnPair[] {
  const over = (ms: number) => lookbacks.find((each) => each.ms === ms);
  const allowed = subtract(ONE, target);
  const pairs = rules.map((rule) => {
    const [long, short] = [over(rule.longMs), over(rule.shortMs)];
    const [longRate, shortRate] = [burnRate(long, target), burnRate(short, target)];
    return {
      name: rule.name,
      severity: rule.severity,
      long: durationText(rule.longMs),
      short: durationText(rule.shortMs),
      threshold: toNumber(rule.factor),
      longBurnRate: rateNumber(longRate),
      shortBurnRate: rateNumber(shortRate),
      state: burnState(rule, longRate, shortRate, long?.bad),
      firesAboveRatio: toNumber(multiply(rule.factor, allowed)),
      outageFiresAfterMs: detectedAfterMs(rule, allowed),
      isSuppressed: false,
      isMuted,
    };
  });
  const isPaging = pairs.some(({ severity, state }) => severity === 'page' && state === 'firing');
  return pairs.map((pair) => ({ ...pair, isSuppressed: isPaging && pair.severity !== 'page' }));
}

/** Consumption over a lookback is its burn rate: the share of bad rows over the share allowed. */
function burnRate(lookback: LookbackTally | undefined, target: Rational): Rational | null {
  return lookback ? consumed(lookback.good, lookback.bad, target) : null;
}

/** Strictly faster than the threshold, in integers: at 14.4 exactly nobody is woken. */
export function burnState(
  { factor, minBadEvents }: Pick<BurnRule, 'factor' | 'minBadEvents'>,
  long: Rational | null,
  short: Rational | null,
  longBad: Tally | undefined,
): BurnState {
  if (long === null || short === null) return 'unknown';
  const [longBurns, shortBurns] = [compare(long, factor) > 0, compare(short, factor) > 0];
  if (longBurns && shortBurns) {
    return (longBad?.rows ?? 0n) >= minBadEvents ? 'firing' : 'low_traffic';
  }
  if (longBurns) return 'recovering';
  return shortBurns ? 'increasing' : 'quiet';
}

function rateNumber(rate: Rational | null): number | null {
  return rate === null ? null : toNumber(rate);
}
