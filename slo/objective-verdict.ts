import { consumed } from './budget.ts';
import { burnPairs, isFiring } from './burn.ts';
import type { Counts } from './count.ts';
import { sumOf } from './count.ts';
import type { Objective } from './definition.ts';
import type { Evidence } from './evidence.ts';
import { effectiveRows, type Interval, wilson } from './interval.ts';
import { compare, type Rational, rational, toNumber } from './rational.ts';
import type { DataState, Verdict } from './states.ts';

/** Beyond this share of the budget an objective that is still met is at risk. */
const RISK_AT = rational(3n, 4n);
/** More rows with unusable weights than this, and no weighted figure can be trusted. */
const MAX_INVALID_WEIGHTS = rational(1n, 1000n);

/** The service level, and what it could be at worst and at best given what was not measurable. */
export interface Levels {
  readonly point: Rational;
  readonly low: Rational;
  readonly high: Rational;
}

export type Promised = Pick<
  Objective,
  | 'target'
  | 'targetText'
  | 'minEvents'
  | 'minCoverage'
  | 'confidence'
  | 'sampling'
  | 'burnRules'
  | 'certainty'
  | 'timeslice'
>;

/** G / (G + B), with the unmeasurable rows counted bad, then good. NULL without rows. */
export function levelsOf({ good, bad, unmeasurable }: Counts): Levels | null {
  const measured = good.weight + bad.weight;
  const unknown = sumOf(unmeasurable).weight;
  if (measured === 0n) return null;
  return {
    point: rational(good.weight, measured),
    low: rational(good.weight, measured + unknown),
    high: rational(good.weight + unknown, measured + unknown),
  };
}

export function intervalOf(counts: Counts, { confidence }: Promised): Interval | null {
  const levels = levelsOf(counts);
  return levels && wilson(toNumber(levels.point), effectiveOf(counts), confidence);
}

/** How many unsampled rows the good and bad rows are worth. */
export function effectiveOf({ good, bad, squaredWeight }: Counts): number {
  return effectiveRows(Number(good.weight + bad.weight), squaredWeight);
}

export function dataStateOf(counts: Counts, evidence: Evidence, promised: Promised): DataState {
  const { inScope, good, bad } = counts;
  if (evidence.rows === 0 && inScope.rows === 0n) return 'no_telemetry';
  if (evidence.stale !== null) return 'stale';
  if (good.rows + bad.rows === 0n) return 'no_traffic';
  if (isInconsistent(counts, promised)) return 'inconsistent';
  if (!isCovered(evidence, promised.minCoverage) || removedIn(evidence) !== null) return 'partial';
  return effectiveOf(counts) < Number(promised.minEvents) ? 'insufficient_events' : 'ok';
}

/** How much of the window's evidence this store's own retention has removed; null: nothing. */
export function removedIn({ gaps }: Pick<Evidence, 'gaps'>): string | null {
  const gap = gaps.find(({ cause }) => cause === 'removed');
  if (gap === undefined) return null;
  return `Evidence of the window was removed by 'retention apply' (${gap.missing ?? 'unknown'} events of before the days that are kept).`;
}

export function isCovered(
  { measuredSlices, expectedSlices }: Pick<Evidence, 'measuredSlices' | 'expectedSlices'>,
  minCoverage: Rational | null,
): boolean {
  // Of a window that was planned downtime altogether, nothing was to be seen.
  if (minCoverage === null || expectedSlices === 0) return true;
  return compare(rational(BigInt(measuredSlices), BigInt(expectedSlices)), minCoverage) >= 0;
}

function isInconsistent({ inScope, good, bad, unmeasurable }: Counts, { sampling }: Promised) {
  if (sampling === 'none' && good.weight + bad.weight !== good.rows + bad.rows) return true;
  const invalid = unmeasurable.find(({ id }) => id === 'weight-invalid')?.rows ?? 0n;
  return compare(rational(invalid, inScope.rows || 1n), MAX_INVALID_WEIGHTS) > 0;
}

/**
 * `met` needs good data and a level that holds even if all that is unknown was bad. `breached` needs
 * a level that misses even if all of it was good, on data of any kind that is enough to say so. All
 * else is `insufficient_data`: a gap can take a `met` away, and never a breach.
 */
export function judgeObjective(counts: Counts, evidence: Evidence, promised: Promised): Verdict {
  const data = dataStateOf(counts, evidence, promised);
  const levels = levelsOf(counts);
  const doubt = doubtOf(data, counts, evidence, promised);
  if (levels === null || data === 'inconsistent')
    return { state: 'insufficient_data', reason: doubt };

  const { target, targetText } = promised;
  const level = `${percent(levels.point)} good, where ${targetText} was promised`;
  if (compare(levels.high, target) < 0) {
    const isShown = (intervalOf(counts, promised)?.high ?? 1) < toNumber(target);
    const isMany = effectiveOf(counts) >= Number(promised.minEvents);
    const isEnough = isShown || (isMany && promised.certainty === 'point');
    if (isEnough) return { state: 'breached', reason: `${level}.` };
    const why = lowerFirst(doubt) || unsure(counts, promised);
    return { state: 'insufficient_data', reason: `${level}, but ${why}` };
  }
  if (data !== 'ok') return { state: 'insufficient_data', reason: doubt };
  if (compare(levels.low, target) < 0) {
    const unknown = sumOf(counts.unmeasurable).weight;
    return {
      state: 'insufficient_data',
      reason: `${level}, but ${unknown} could not be measured: between ${percent(levels.low)} and ${percent(levels.high)} are good.`,
    };
  }
  if (promised.certainty === 'confident' && !isClear(counts, promised)) {
    return { state: 'insufficient_data', reason: `${level}, but ${unsure(counts, promised)}` };
  }
  return metOrAtRisk(counts, promised, level);
}

/** A verdict on one group, from its own rows alone; whether telemetry is complete is said of the whole. */
export function judgeGroup(counts: Counts, promised: Promised): Verdict {
  const slices = { expectedSlices: 1, measuredSlices: 1, measuredMs: 1, rows: 1, sampledRows: 0 };
  const none = {
    oldestAt: null,
    newestAt: null,
    losses: [],
    unreadable: [],
    gaps: [],
    sampledGateways: [],
    unreadGateways: [],
    datedAhead: [],
    stale: null,
  };
  return judgeObjective(counts, { ...slices, ...none }, promised);
}

function isClear(counts: Counts, promised: Promised): boolean {
  return (intervalOf(counts, promised)?.low ?? 0) >= toNumber(promised.target);
}

function unsure(counts: Counts, promised: Promised): string {
  const interval = intervalOf(counts, promised);
  const share = (value: number) => `${(Math.floor(value * 1e6) / 1e4).toString()} %`;
  return `the rate behind it lies between ${share(interval?.low ?? 0)} and ${share(interval?.high ?? 1)} (confidence ${promised.confidence}).`;
}

function metOrAtRisk(counts: Counts, { target, burnRules }: Promised, level: string): Verdict {
  const firing = burnPairs(burnRules, counts, target).filter(isFiring);
  if (firing.length > 0) {
    const names = firing.map(({ name }) => name).join(', ');
    return { state: 'at_risk', reason: `${level}, but the budget burns too fast: ${names}.` };
  }
  const used = consumed(counts.good, counts.bad, target);
  if (used !== null && compare(used, RISK_AT) >= 0) {
    return { state: 'at_risk', reason: `${level}; ${percent(used)} of the budget is used.` };
  }
  return { state: 'met', reason: `${level}.` };
}

function doubtOf(data: DataState, counts: Counts, evidence: Evidence, promised: Promised): string {
  const counted = promised.timeslice === null ? 'rows' : 'slices';
  const sentences: Readonly<Record<DataState, string>> = {
    ok: '',
    no_telemetry: 'No telemetry of any kind was received in the window.',
    stale: `The newest row of ${evidence.stale} is too old.`,
    no_traffic: unmeasured(counts, counted),
    inconsistent:
      promised.sampling === 'none'
        ? 'The source is declared unsampled, but rows stand for more than themselves.'
        : 'Too many rows have a sampling weight that cannot be used.',
    partial:
      removedIn(evidence) ??
      `Telemetry was seen in only ${evidence.measuredSlices} of ${evidence.expectedSlices} slices of the window.`,
    insufficient_events: tooFew(counts, counted, promised.minEvents),
  };
  return sentences[data];
}

/** Why nothing that is counted says how good it was. */
function unmeasured({ inScope, excluded }: Counts, counted: string): string {
  const left = inScope.rows - sumOf(excluded).rows;
  if (inScope.rows === 0n) return 'Nothing in scope was seen in the window.';
  if (left === 0n) return `All of the ${inScope.rows} ${counted} in scope are excluded.`;
  const which = left === inScope.rows ? 'in scope' : 'in scope that are not excluded';
  return `None of the ${left} ${counted} ${which} could be measured.`;
}

function tooFew(counts: Counts, counted: string, minEvents: bigint): string {
  const measured = counts.good.rows + counts.bad.rows;
  const worth = BigInt(Math.floor(effectiveOf(counts)));
  const sampled = worth < measured ? `, which are worth ${worth} unsampled ones` : '';
  return `Only ${measured} ${counted} were measured${sampled}, where ${minEvents} are needed to judge.`;
}

/** A share as text, cut (never rounded up to the target) after four decimals. */
export function percent({ num, den }: Rational): string {
  const scaled = (num * 1_000_000n) / den;
  const decimals = (scaled % 10_000n).toString().padStart(4, '0').replace(/0+$/, '');
  return `${scaled / 10_000n}${decimals === '' ? '' : `.${decimals}`} %`;
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
