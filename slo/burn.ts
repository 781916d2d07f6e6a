import { consumed } from './budget.ts';
import { type BurnRule, detectedAfterMs } from './burn-rules.ts';
import type { Counts, LookbackTally } from './count.ts';
import { durationText } from './duration.ts';
import {
  compare,
  multiply,
  ONE,
  type Rational,
  rational,
  subtract,
  toCount,
  toNumber,
} from './rational.ts';

/** A burn rate of 1 uses the whole budget in exactly the window; NULL: nothing to measure. */
export interface LookbackBurn {
  readonly lookback: string;
  readonly good: number | string;
  readonly bad: number | string;
  readonly burnRate: number | null;
}

/**
 * Over both windows: `firing`, or `low_traffic` when too few rows made it. `recovering`: only the long
 * one. `increasing`: only the short one. `unknown`: a window holds no rows; `frozen`: and it fired when
 * rows were last seen, so that nobody knows that it is over.
 */
export type BurnState =
  | 'firing'
  | 'low_traffic'
  | 'recovering'
  | 'increasing'
  | 'quiet'
  | 'frozen'
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
  /** Rows and bad ones of the long window, and how many of each it takes. */
  readonly events: number | string;
  readonly badEvents: number | string;
  readonly minEvents: number | string;
  readonly minBadEvents: number | string;
  /** What the bad rows are held against: the rows of the lookback, or the average ones of the whole window. */
  readonly denominator: 'window' | 'period';
  /** Of one that is frozen: until when there were rows. */
  readonly frozenAt: string | null;
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

/** The lookbacks, how they were when rows were last seen, and the rows of the whole window. */
type Counted = Pick<Counts, 'lookbacks' | 'lastSeen' | 'good' | 'bad'>;

export function burnPairs(
  rules: readonly BurnRule[],
  { lookbacks, lastSeen = null, good, bad }: Counted,
  target: Rational,
  isMuted = false,
): BurnPair[] {
  const inPeriod = good.weight + bad.weight;
  const allowed = subtract(ONE, target);
  const pairs = rules.map((rule) => {
    const { long, longRate, shortRate, state } = burnOf(rule, lookbacks, target, inPeriod);
    const before = lastSeen?.lookbacks ?? [];
    const isFrozen =
      state === 'unknown' && burnOf(rule, before, target, inPeriod).state === 'firing';
    return {
      name: rule.name,
      severity: rule.severity,
      long: durationText(rule.longMs),
      short: durationText(rule.shortMs),
      threshold: toNumber(rule.factor),
      longBurnRate: rateNumber(longRate),
      shortBurnRate: rateNumber(shortRate),
      state: isFrozen ? ('frozen' as const) : state,
      events: toCount((long?.good.rows ?? 0n) + (long?.bad.rows ?? 0n)),
      badEvents: toCount(long?.bad.rows ?? 0n),
      minEvents: toCount(rule.minEvents ?? 0n),
      minBadEvents: toCount(rule.minBadEvents),
      denominator: rule.periodMs === undefined ? ('window' as const) : ('period' as const),
      frozenAt: isFrozen ? (lastSeen?.at ?? null) : null,
      firesAboveRatio: toNumber(multiply(rule.factor, allowed)),
      outageFiresAfterMs: detectedAfterMs(rule, allowed),
      isSuppressed: false,
      isMuted,
    };
  });
  const isPaging = pairs.some((pair) => pair.severity === 'page' && isFiring(pair));
  return pairs.map((pair) => ({ ...pair, isSuppressed: isPaging && pair.severity !== 'page' }));
}

/** One that is frozen has not been seen to end. */
export function isFiring({ state }: Pick<BurnPair, 'state'>): boolean {
  return state === 'firing' || state === 'frozen';
}

function burnOf(
  rule: BurnRule,
  lookbacks: readonly LookbackTally[],
  target: Rational,
  inPeriod: bigint,
) {
  const over = (ms: number) => lookbacks.find((each) => each.ms === ms);
  const [long, short] = [over(rule.longMs), over(rule.shortMs)];
  const longRate = burnRate(rule, long, target, inPeriod);
  const shortRate = burnRate(rule, short, target, inPeriod);
  return { long, longRate, shortRate, state: burnState(rule, longRate, shortRate, long) };
}

/**
 * Consumption over a lookback is its burn rate: the share of bad rows over the share allowed. Of a rule over the period
 * it is the share of as many rows as the period has on average in so long a time.
 */
function burnRate(
  { periodMs }: BurnRule,
  lookback: LookbackTally | undefined,
  target: Rational,
  inPeriod: bigint,
): Rational | null {
  if (lookback === undefined) return null;
  const rate = consumed(lookback.good, lookback.bad, target);
  if (rate === null || periodMs === undefined || inPeriod === 0n) return rate;
  const here = (lookback.good.weight + lookback.bad.weight) * BigInt(periodMs);
  return multiply(rate, rational(here, inPeriod * BigInt(lookback.ms)));
}

/** Strictly faster than the threshold, in integers: at 14.4 exactly nobody is woken. */
export function burnState(
  { factor, minBadEvents, minEvents = 0n }: Pick<BurnRule, 'factor' | 'minBadEvents' | 'minEvents'>,
  long: Rational | null,
  short: Rational | null,
  seen: Pick<LookbackTally, 'good' | 'bad'> | undefined,
): BurnState {
  if (long === null || short === null) return 'unknown';
  const [longBurns, shortBurns] = [compare(long, factor) > 0, compare(short, factor) > 0];
  if (longBurns && shortBurns) {
    const bad = seen?.bad.rows ?? 0n;
    const isEnough = bad >= minBadEvents && bad + (seen?.good.rows ?? 0n) >= minEvents;
    return isEnough ? 'firing' : 'low_traffic';
  }
  if (longBurns) return 'recovering';
  return shortBurns ? 'increasing' : 'quiet';
}

function rateNumber(rate: Rational | null): number | null {
  return rate === null ? null : toNumber(rate);
}
