import {
  compare,
  divide,
  fromDecimal,
  multiply,
  ONE,
  type Rational,
  rational,
  toNumber,
} from './rational.ts';

/** Alert while the budget burns faster than `factor` over both windows. */
export interface BurnRule {
  readonly name: string;
  readonly severity: string;
  readonly longMs: number;
  readonly shortMs: number;
  readonly factor: Rational;
  /** Fewer bad rows than this in the long window are too few to wake anybody. */
  readonly minBadEvents: bigint;
  /** Fewer rows than this in the long window are too few to tell a rate by; absent: any are enough. */
  readonly minEvents?: bigint;
  /**
   * How long the objective's window is, where bad rows are held against its average traffic and not against the
   * traffic of the lookback: at night few rows are few.
   */
  readonly periodMs?: number;
}

interface StandardRule {
  readonly name: string;
  readonly severity: 'page' | 'ticket';
  readonly longMinutes: number;
  readonly shortMinutes: number;
  /** How much of the whole budget would go within the long window. */
  readonly budgetPercent: number;
}

/**
 * https://sre.google/workbook/alerting-on-slos/ : table 5-8, and the 24 h pair that its code sample
 * adds. The short window is a twelfth of the long one.
 */
export const STANDARD_RULES: readonly StandardRule[] = [
  { name: 'page-quick', severity: 'page', longMinutes: 60, shortMinutes: 5, budgetPercent: 2 },
  { name: 'page-slow', severity: 'page', longMinutes: 360, shortMinutes: 30, budgetPercent: 5 },
  {
    name: 'ticket-quick',
    severity: 'ticket',
    longMinutes: 1_440,
    shortMinutes: 120,
    budgetPercent: 10,
  },
  {
    name: 'ticket-slow',
    severity: 'ticket',
    longMinutes: 4_320,
    shortMinutes: 360,
    budgetPercent: 10,
  },
];

/** One bad row alone says nothing about a rate. */
export const DEFAULT_MIN_BAD_EVENTS = 3n;

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/**
 * The standard rules for a window of 28 or 30 days. For others there is no agreed scaling (the
 * factors of a week fall below 1), so a definition with another window names its own policies.
 */
export function standardRules(
  windowMs: number,
  minBadEvents: bigint = DEFAULT_MIN_BAD_EVENTS,
): BurnRule[] {
  if (windowMs !== 28 * DAY_MS && windowMs !== 30 * DAY_MS) return [];
  return STANDARD_RULES.map(({ name, severity, longMinutes, shortMinutes, budgetPercent }) => ({
    name,
    severity,
    longMs: longMinutes * MINUTE_MS,
    shortMs: shortMinutes * MINUTE_MS,
    factor: burnFactor(budgetPercent, windowMs, longMinutes * MINUTE_MS),
    minBadEvents,
  }));
}

/** How many times faster than the window allows a budget must burn to lose that share of it. */
export function burnFactor(
  budgetPercent: number | Rational,
  windowMs: number,
  longMs: number,
): Rational {
  const percent =
    typeof budgetPercent === 'number' ? fromDecimal(String(budgetPercent)) : budgetPercent;
  return multiply(percent, rational(BigInt(windowMs), 100n * BigInt(longMs)));
}

/** How long after everything begins to fail at that share a rule fires, if all was well before. */
export function detectedAfterMs(
  { factor, longMs }: Pick<BurnRule, 'factor' | 'longMs'>,
  allowedBad: Rational,
  badShare: Rational = ONE,
): number | null {
  const needed = divide(multiply(factor, allowedBad), badShare);
  return compare(needed, ONE) >= 0 ? null : toNumber(needed) * longMs;
}

/** The share of the whole budget that is gone when a rule fires. */
export function consumedWhenDetected(
  { factor, longMs }: Pick<BurnRule, 'factor' | 'longMs'>,
  windowMs: number,
): Rational {
  return multiply(factor, rational(BigInt(longMs), BigInt(windowMs)));
}

/** The lookbacks that every report shows. */
export const LOOKBACKS_MS: readonly number[] = [
  5 * MINUTE_MS,
  30 * MINUTE_MS,
  60 * MINUTE_MS,
  120 * MINUTE_MS,
  360 * MINUTE_MS,
  1_440 * MINUTE_MS,
  4_320 * MINUTE_MS,
];
