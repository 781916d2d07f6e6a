import type { Store } from '../store/store.ts';
import { whole } from './count.ts';
import type { Objective } from './definition.ts';
import { durationText } from './duration.ts';
import { compare, multiply, ONE, type Rational, rational, subtract, toNumber } from './rational.ts';
import { run, type SliceCounts } from './slice-counts.ts';

/** When the budget is gone if things go on as in the lookback, and when it is regained if they stop. */
export interface Forecast {
  readonly lookback: string;
  readonly burnRate: number;
  /** remaining * window / burn rate: too early for a rolling window, whose old errors leave. */
  readonly naiveMs: number | null;
  /** With the errors that leave the window; NULL: never within another window. */
  readonly exhaustedInMs: number | null;
  /** Of an overspent budget: until the objective holds again without any further error; NULL: not within another window. */
  readonly recoveredInMs: number | null;
  /** Of a calendar: whether the budget is gone before its period ends. */
  readonly exhaustsBeforeReset: boolean | null;
}

/** Why nothing is foretold. */
export interface NoForecast {
  readonly lookback: string;
  readonly withheld: string;
}

/** Bad and all rows of one step of time, by weight; the newest last. */
export interface Step {
  readonly bad: bigint;
  readonly total: bigint;
}

const HOUR_MS = 3_600_000;
/** The long window of the slow page: long enough not to be noise. */
export const FORECAST_LOOKBACK_MS = 6 * HOUR_MS;

export interface Outlook {
  readonly target: Rational;
  readonly windowMs: number;
  readonly stepMs: number;
  readonly lookbackMs: number;
  /** Until a calendar's period ends; NULL for a rolling window. */
  readonly resetInMs: number | null;
}

/** The steps are those of the window, each `stepMs` long, oldest first. */
export function foretell(steps: readonly Step[], outlook: Outlook): Forecast | null {
  const { target, windowMs, stepMs, lookbackMs, resetInMs } = outlook;
  const recent = sumOf(steps.slice(-Math.round(lookbackMs / stepMs)));
  const all = sumOf(steps);
  const allowed = subtract(ONE, target);
  if (recent.total === 0n || all.total === 0n) return null;
  const ratio = rational(recent.bad, recent.total);
  const burn = rational(ratio.num * allowed.den, ratio.den * allowed.num);
  const used = rational(all.bad * allowed.den, all.total * allowed.num);
  const remaining = subtract(ONE, used);
  const naiveMs = exhaustionMs(remaining, burn, windowMs);
  const perStep = rational(recent.total, BigInt(Math.round(lookbackMs / stepMs)));
  const go = (further: Rational, isReached: (bad: Rational, total: Rational) => boolean) =>
    resetInMs === null
      ? rolledOff(steps, perStep, further, stepMs, isReached)
      : accumulated(all, perStep, further, stepMs, resetInMs, isReached);
  const budget = (total: Rational) => multiply(allowed, total);
  const exhaustedInMs =
    compare(remaining, rational(0n, 1n)) <= 0
      ? 0
      : go(ratio, (bad, total) => compare(bad, budget(total)) >= 0);
  const isOverspent = compare(remaining, rational(0n, 1n)) < 0;
  const recoveredInMs = isOverspent
    ? go(rational(0n, 1n), (bad, total) => compare(bad, budget(total)) <= 0)
    : null;
  return {
    lookback: durationText(lookbackMs),
    burnRate: toNumber(burn),
    naiveMs,
    exhaustedInMs,
    recoveredInMs,
    exhaustsBeforeReset: resetInMs === null ? null : exhaustedInMs !== null,
  };
}

/** Until what remains of a budget is gone at that burn rate; NULL: never. */
export function exhaustionMs(remaining: Rational, burn: Rational, windowMs: number): number | null {
  if (compare(remaining, rational(0n, 1n)) <= 0) return 0;
  if (burn.num === 0n) return null;
  return (toNumber(remaining) * windowMs) / toNumber(burn);
}

type Reached = (bad: Rational, total: Rational) => boolean;

/** Step by step: the oldest leaves the window, one like those of the lookback enters it. */
function rolledOff(
  steps: readonly Step[],
  perStep: Rational,
  ratio: Rational,
  stepMs: number,
  isReached: Reached,
): number | null {
  let { bad, total } = sumOf(steps);
  for (let ahead = 0; ahead <= steps.length; ahead += 1) {
    const entered = multiply(perStep, rational(BigInt(ahead), 1n));
    const failed = multiply(entered, ratio);
    if (isReached(plus(bad, failed), plus(total, entered))) return ahead * stepMs;
    const leaving = steps[ahead];
    bad -= leaving?.bad ?? 0n;
    total -= leaving?.total ?? 0n;
  }
  return null;
}

/** A calendar's period only fills, until it ends. */
function accumulated(
  { bad, total }: Step,
  perStep: Rational,
  ratio: Rational,
  stepMs: number,
  resetInMs: number,
  isReached: Reached,
): number | null {
  for (let ahead = 0; ahead * stepMs <= resetInMs; ahead += 1) {
    const entered = multiply(perStep, rational(BigInt(ahead), 1n));
    const failed = multiply(entered, ratio);
    if (isReached(plus(bad, failed), plus(total, entered))) return ahead * stepMs;
  }
  return null;
}

function plus(whole_: bigint, part: Rational): Rational {
  return rational(whole_ * part.den + part.num, part.den);
}

function sumOf(steps: readonly Step[]): Step {
  return steps.reduce((sum, { bad, total }) => ({ bad: sum.bad + bad, total: sum.total + total }), {
    bad: 0n,
    total: 0n,
  });
}

/** Good and bad rows of the window by hour, counted back from its end. */
export async function stepsOf(
  store: Store,
  objective: Objective,
  { window, statement }: SliceCounts,
  stepMs: number,
): Promise<Step[]> {
  const [fromUs, toUs] = [Date.parse(window.from) * 1000, Date.parse(window.to) * 1000];
  const { classes } = statement;
  const numbers = (kinds: readonly string[]) =>
    classes.flatMap(({ kind }, index) => (kinds.includes(kind) ? [index] : [])).join(', ');
  const sql = `select
    x_div(${toUs} - 1 - piece_at_us, ${stepMs * 1000}) as step_no,
    coalesce(sum(piece_weight) filter (where class_no in (${numbers(['bad'])})), 0) as bad,
    coalesce(sum(piece_weight) filter (where class_no in (${numbers(['good', 'bad'])})), 0) as total
from slice_counts
where piece_at_us >= ${fromUs}
group by step_no
order by step_no`;
  const rows = await run(store, objective, sql, statement);
  const count = Math.max(1, Math.ceil((toUs - fromUs) / (stepMs * 1000)));
  const steps = Array.from({ length: count }, (): Step => ({ bad: 0n, total: 0n }));
  for (const row of rows) {
    const at = count - 1 - Number(row['step_no']);
    if (at >= 0 && at < count) steps[at] = { bad: whole(row['bad']), total: whole(row['total']) };
  }
  return steps;
}
