import type { TimeWindow } from '../core/window.ts';
import type { Store } from '../store/store.ts';
import { budgetOf } from './budget.ts';
import { burnPairs, lookbackBurns } from './burn.ts';
import { type Counts, countRows, type RuleTally, sumOf, type Tally } from './count.ts';
import type { Objective } from './definition.ts';
import type { Evidence } from './evidence.ts';
import { judged } from './judged.ts';
import type { ObjectiveJudgement } from './judgement.ts';
import { compileObjective, type ObjectiveStatement } from './objective-statement.ts';
import {
  dataStateOf,
  effectiveOf,
  intervalOf,
  judgeObjective,
  levelsOf,
  percent,
} from './objective-verdict.ts';
import { compare, multiply, rational, toCount, toNumber } from './rational.ts';

const MILLION = rational(1_000_000n, 1n);

/** Counts and judges one objective over one window. */
export async function judgedObjective(
  store: Store,
  objective: Objective,
  window: TimeWindow,
  evidence: Evidence,
): Promise<ObjectiveJudgement> {
  const statement = await compileObjective(store, objective, window);
  const counts = await countRows(store, objective, statement);
  const verdict = judgeObjective(counts, evidence, objective);
  const dataState = dataStateOf(counts, evidence, objective);
  // Weights that contradict each other give no level at all.
  const levels = dataState === 'inconsistent' ? null : levelsOf(counts);
  const budget = levels && budgetOf(counts.good, counts.bad, objective.target);
  const ppm = multiply(objective.target, MILLION);
  const { good, burnRules, target } = objective;
  return {
    kind: 'objective',
    ...judged(objective, window, evidence),
    ...verdict,
    dataState,
    objective: objective.objective,
    type: good.kind,
    targetRatio: toNumber(target),
    targetText: objective.targetText,
    targetPpm: ppm.den === 1n ? Number(ppm.num) : null,
    threshold: good.kind === 'latency' ? thresholdOf(good) : null,
    ...countsOf(counts),
    goodRatio: levels && toNumber(levels.point),
    goodText: levels && percent(levels.point),
    lowestRatio: levels && toNumber(levels.low),
    highestRatio: levels && toNumber(levels.high),
    ratioWithoutExclusions: shareOf(counts.withoutExclusions),
    interval: withConfidence(levels && intervalOf(counts, objective), objective.confidence),
    minEvents: toCount(objective.minEvents),
    effectiveEvents: effectiveOf(counts),
    budget,
    isExhausted: levels !== null && compare(levels.point, target) <= 0,
    lookbacks: lookbackBurns(counts.lookbacks, target),
    burnPairs: burnPairs(burnRules, counts.lookbacks, target),
    percentile: await percentileOf(store, objective, statement),
  };
}

function thresholdOf({ field, op, threshold }: { field: string; op: string; threshold: number }) {
  return { field, op, value: threshold };
}

function countsOf({ inScope, good, bad, excluded, unmeasurable, assumed }: Counts) {
  const pair = ({ rows, weight }: Tally) => ({ rows: toCount(rows), weight: toCount(weight) });
  const rule = (each: RuleTally) => ({ id: each.id, reason: each.reason, ...pair(each) });
  return {
    inScope: pair(inScope),
    good: pair(good),
    bad: pair(bad),
    excluded: excluded.map(rule),
    unmeasurable: unmeasurable.map(rule),
    assumed: assumed.map(rule),
  };
}

function shareOf({ good, bad }: Counts['withoutExclusions']): number | null {
  const total = sumOf([good, bad]).weight;
  return total === 0n ? null : toNumber(rational(good.weight, total));
}

function withConfidence(interval: ReturnType<typeof intervalOf>, confidence: string) {
  return interval && { ...interval, confidence };
}

async function percentileOf(
  store: Store,
  { good, slo }: Objective,
  { percentileSql, binder }: ObjectiveStatement,
): Promise<ObjectiveJudgement['percentile']> {
  if (good.kind !== 'latency' || percentileSql === null) return null;
  const [row] = await store.query<{ value: number | null }>(
    { path: `percentile of ${slo}`, sql: percentileSql, header: {}, params: [], columns: [] },
    binder.params,
  );
  return {
    share: toNumber(good.percentile),
    value: row?.value ?? null,
    method: 'weighted nearest rank',
  };
}
