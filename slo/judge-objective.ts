import type { Store } from '../store/store.ts';
import { budgetOf } from './budget.ts';
import { budgetAlerts } from './budget-alerts.ts';
import { burnPairs, lookbackBurns } from './burn.ts';
import { calendarOf } from './calendar-budget.ts';
import { type Counts, countRows, type RuleTally, sumOf, type Tally } from './count.ts';
import { countNotes } from './count-notes.ts';
import type { Objective } from './definition.ts';
import type { Evidence, EvidenceReader } from './evidence.ts';
import { factsOf } from './facts.ts';
import { forecastOf } from './forecast-of.ts';
import { breakdownOf, type Detailed } from './groups.ts';
import { judged } from './judged.ts';
import type { ObjectiveJudgement } from './judgement.ts';
import { lastSeenOf } from './last-seen.ts';
import { isMutedAt, maintenanceReport } from './maintenance-report.ts';
import {
  dataStateOf,
  effectiveOf,
  intervalOf,
  judgeObjective,
  levelsOf,
  percent,
} from './objective-verdict.ts';
import { outcomePercentiles } from './outcome-percentiles.ts';
import { overlapNotes } from './overlaps.ts';
import { percentileValue } from './percentile.ts';
import { compare, multiply, rational, toCount, toNumber } from './rational.ts';
import { revisionOf } from './revision.ts';
import { type Counting, countSlices, type SliceCounts } from './slice-counts.ts';
import { countTimeslices } from './timeslice-counts.ts';
import type { JudgedWindow } from './windows.ts';

const MILLION = rational(1_000_000n, 1n);

export interface Asked extends Counting, Detailed {
  /** A column to break the objective down by. */
  readonly by?: string | null;
}

/** Counts and judges one objective over one window. */
export async function judgedObjective(
  store: Store,
  objective: Objective,
  window: JudgedWindow,
  evidence: Evidence,
  reader: EvidenceReader,
  asked: Asked = {},
): Promise<ObjectiveJudgement> {
  const counted = await countSlices(store, objective, window, asked.by ?? null, asked);
  const rows = await countRows(store, objective, counted);
  const sliced = await countTimeslices(store, objective, counted, reader, asked);
  const counts = sliced?.counts ?? {
    ...rows,
    lastSeen: await lastSeenOf(store, objective, counted, rows.lookbacks),
  };
  const seen = sliced?.evidence ?? evidence;
  const isMuted = isMutedAt(objective, window, asked);
  const verdict = judgeObjective(counts, seen, objective);
  const dataState = dataStateOf(counts, seen, objective);
  // Weights that contradict each other give no level at all.
  const levels = dataState === 'inconsistent' ? null : levelsOf(counts);
  const budget = levels && budgetOf(counts.good, counts.bad, objective.target);
  const ppm = multiply(objective.target, MILLION);
  const { good, burnRules, budgetRules, target } = objective;
  const forecast = await forecastOf(store, objective, counted, counts, dataState);
  return {
    kind: 'objective',
    ...judged(objective, window, seen),
    ...verdict,
    dataState,
    objective: objective.objective,
    type: good.kind,
    unit: sliced ? 'slices' : 'rows',
    targetRatio: toNumber(target),
    targetText: objective.targetText,
    targetPpm: ppm.den === 1n ? Number(ppm.num) : null,
    threshold: good.kind === 'latency' ? thresholdOf(good) : null,
    ...countsOf(counts),
    timeslice: sliced?.report ?? null,
    goodRatio: levels && toNumber(levels.point),
    goodText: levels && percent(levels.point),
    lowestRatio: levels && toNumber(levels.low),
    highestRatio: levels && toNumber(levels.high),
    ratioWithoutExclusions: shareOf(counts.withoutExclusions),
    interval: withConfidence(levels && intervalOf(counts, objective), objective.confidence),
    certainty: objective.certainty,
    minEvents: toCount(objective.minEvents),
    effectiveEvents: effectiveOf(counts),
    budget,
    isExhausted: levels !== null && compare(levels.point, target) <= 0,
    calendar: calendarOf(counts, objective, window, seen),
    forecast,
    lookbacks: lookbackBurns(counts.lookbacks, target),
    burnPairs: burnPairs(burnRules, counts, target, isMuted),
    budgetAlerts: budgetAlerts(budgetRules, counts, target, forecast),
    percentile:
      good.kind === 'latency'
        ? {
            share: toNumber(good.percentile),
            value: await percentileValue(store, objective, window, asked),
            method: 'weighted nearest rank',
          }
        : null,
    percentileByOutcome: asked.details
      ? await outcomePercentiles(store, objective, counted, asked)
      : null,
    maintenance: maintenanceReport(objective, window, asked),
    facts: asked.details ? await factsOf(store, objective, window) : null,
    breakdown: await breakdownBy(store, objective, counted, rows, asked),
    notes: [
      ...(asked.details ? await overlapNotes(store, objective, window, asked) : []),
      ...countNotes(counts, objective, window, seen),
    ],
    revision: await revisionOf(store, objective, window, counts, verdict.state),
  };
}

/** NULL where none was asked for, or the rows do not have that column. */
async function breakdownBy(
  store: Store,
  objective: Objective,
  counted: SliceCounts,
  rows: Counts,
  { by: dimension = null, ...asked }: Asked,
): Promise<ObjectiveJudgement['breakdown']> {
  if (dimension === null || !counted.statement.scope.columns.has(dimension)) return null;
  return breakdownOf(store, objective, counted, rows, dimension, asked);
}

function thresholdOf({ field, op, threshold }: { field: string; op: string; threshold: number }) {
  return { field, op, value: threshold };
}

export function countsOf({ inScope, good, bad, excluded, unmeasurable, assumed }: Counts) {
  const pair = ({ rows, weight }: Tally) => ({ rows: toCount(rows), weight: toCount(weight) });
  const rule = (each: RuleTally) => ({ id: each.id, reason: each.reason, ...pair(each) });
  const exclusion = (each: RuleTally) => ({
    ...rule(each),
    owner: each.owner ?? null,
    ticket: each.ticket ?? null,
    badWithout: pair(each.plainBad ?? { rows: 0n, weight: 0n }),
  });
  return {
    inScope: pair(inScope),
    good: pair(good),
    bad: pair(bad),
    excluded: excluded.map(exclusion),
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
