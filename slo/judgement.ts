import type { TimeWindow } from '../core/window.ts';
import type { UnobservableTally } from './assess.ts';
import type { Budget } from './budget.ts';
import type { BudgetAlert } from './budget-alerts.ts';
import type { BurnPair, LookbackBurn } from './burn.ts';
import type { Gate } from './definition.ts';
import type { DatedAhead, Loss, StreamGap, Unreadable } from './evidence.ts';
import type { Facts } from './facts.ts';
import type { Forecast, NoForecast } from './forecast.ts';
import type { Interval } from './interval.ts';
import type { OutcomePercentiles } from './outcome-percentiles.ts';
import type { DataState, VerdictState } from './states.ts';
import type { Waived, WaiverUse } from './waiver.ts';

/** A count: a number, or decimal text beyond 2^53. */
export type Count = number | string;

export interface CountPair {
  readonly rows: Count;
  readonly weight: Count;
}

export interface RuleCount extends CountPair {
  readonly id: string;
  readonly reason: string;
}

/** What a rule leaves out, who answers for it, and how much of it would have been bad. */
export interface ExclusionCount extends RuleCount {
  readonly owner: string | null;
  readonly ticket: string | null;
  readonly badWithout: CountPair;
}

/** One planned downtime of the window. */
export interface MaintenanceTime {
  readonly name: string;
  readonly reason: string;
  readonly owner: string | null;
  readonly ticket: string | null;
  readonly from: string;
  readonly to: string;
  readonly isRetroactive: boolean;
  /** FALSE: it was declared too late, and what happened in it counts. */
  readonly isCounted: boolean;
}

/** The slices of a promise about slices of time. */
export interface TimesliceReport {
  readonly slice: string;
  readonly targetRatio: number;
  readonly good: number;
  readonly bad: number;
  readonly unclear: number;
  readonly noTraffic: number;
  readonly unmeasured: number;
}

/** The budget of a whole calendar period, as far as it can be told before its end. */
export interface CalendarBudget {
  readonly period: TimeWindow;
  readonly basis: 'observed' | 'projected';
  readonly elapsedRatio: number;
  /** An estimate: as many rows as there will be if the period goes on as it began. */
  readonly projectedEvents: number | null;
  readonly projectedConsumedRatio: number | null;
}

/** Something that the rows show and a reviewer should not overlook. */
export interface CountNote {
  readonly id: string;
  readonly text: string;
}

/** What had been judged of the same window before late rows came. */
export interface Revision {
  readonly state: VerdictState;
  readonly good: Count;
  readonly bad: Count;
  readonly judgedAt: string;
}

/** Likewise of a zero control. */
export interface ControlRevision {
  readonly state: VerdictState;
  readonly population: number;
  readonly violating: number;
  readonly unobservable: number;
  readonly judgedAt: string;
}

/** The rows of one value of a column. All counts are weights. */
export interface Group {
  readonly value: string;
  /** The rest, where there are more values than are listed. */
  readonly isOther: boolean;
  /** NULL where the promise is about slices of time; so is the share of its budget, and no burn is told. */
  readonly state: VerdictState | null;
  readonly reason: string;
  readonly inScope: Count;
  readonly good: Count;
  readonly bad: Count;
  readonly goodRatio: number | null;
  readonly goodText: string | null;
  readonly interval: (Interval & { readonly confidence: string }) | null;
  readonly effectiveEvents: number;
  /** Of all bad rows; the shares of all groups add up to 1. */
  readonly shareOfBad: number | null;
  /** Of the budget of the whole; the shares of all groups add up to what is consumed. */
  readonly shareOfBudget: number | null;
  readonly lookbacks: readonly LookbackBurn[];
  /** Of a latency, from its own rows; NULL where its rank has no value, or it was not asked for. */
  readonly percentile: number | null;
}

/** A value that had rows in the window before, and has none in this one. */
export interface VanishedGroup {
  readonly value: string;
  readonly inScopeBefore: Count;
  readonly lastSeenAt: string;
}

/** An objective by the values of a column, the greatest share of the bad rows first. */
export interface Breakdown {
  readonly dimension: string;
  readonly values: number;
  readonly isTruncated: boolean;
  readonly groups: readonly Group[];
  /** NULL: it was not asked for. */
  readonly vanished: readonly VanishedGroup[] | null;
}

/** Telemetry that is missing, and every definition whose alerts or verdict it blinds. */
export interface Blindness {
  readonly state: 'no_telemetry' | 'stale';
  readonly source: string;
  /** The newest that was seen; NULL: nothing was, in the whole window. */
  readonly since: string | null;
  readonly blinds: readonly string[];
}

/** How much of the window the evidence spans, and what was lost of it. */
export interface EvidenceSummary {
  readonly rows: number;
  readonly sampledRows: number;
  readonly oldestAt: string | null;
  readonly newestAt: string | null;
  readonly slice: string;
  readonly expectedSlices: number;
  readonly measuredSlices: number;
  readonly losses: readonly Loss[];
  readonly unreadable: readonly Unreadable[];
  readonly gaps: readonly StreamGap[];
  readonly sampledGateways: readonly string[];
  readonly unreadGateways: readonly string[];
  readonly datedAhead: readonly DatedAhead[];
}

interface Judged {
  readonly slo: string;
  readonly displayName: string;
  readonly description: string;
  readonly service: string;
  readonly owner: string | null;
  readonly runbook: string | null;
  /** 'file:line' of the definition. */
  readonly definedAt: string;
  readonly definitionHash: string;
  readonly window: TimeWindow;
  readonly windowText: string;
  readonly state: VerdictState;
  readonly reason: string;
  readonly dataState: DataState;
  readonly onInconclusive: Gate;
  readonly evidence: EvidenceSummary;
  readonly blindness: Blindness | null;
}

/** The verdict on one objective, with every number that a report prints. Plain JSON data. */
export interface ObjectiveJudgement extends Judged {
  readonly kind: 'objective';
  readonly objective: string;
  readonly type: 'ratio' | 'latency';
  /** What is counted: rows, or slices of time. */
  readonly unit: 'rows' | 'slices';
  readonly timeslice: TimesliceReport | null;
  readonly targetRatio: number;
  readonly targetText: string;
  /** NULL where the target is finer than one in a million. */
  readonly targetPpm: number | null;
  readonly threshold: {
    readonly field: string;
    readonly op: string;
    readonly value: number;
  } | null;
  readonly inScope: CountPair;
  readonly good: CountPair;
  readonly bad: CountPair;
  readonly excluded: readonly ExclusionCount[];
  readonly unmeasurable: readonly RuleCount[];
  readonly assumed: readonly RuleCount[];
  /** NULL: nothing was measured; never 0 and never 1 by default. */
  readonly goodRatio: number | null;
  readonly goodText: string | null;
  /** With all that was unmeasurable taken as bad, and as good. */
  readonly lowestRatio: number | null;
  readonly highestRatio: number | null;
  readonly ratioWithoutExclusions: number | null;
  readonly interval: (Interval & { readonly confidence: string }) | null;
  /** `confident`: the verdict holds for the rate behind the rows too. */
  readonly certainty: 'point' | 'confident';
  readonly minEvents: Count;
  readonly effectiveEvents: number;
  readonly budget: Budget | null;
  readonly isExhausted: boolean;
  /** Of a calendar window; NULL for a rolling one. */
  readonly calendar: CalendarBudget | null;
  readonly forecast: Forecast | NoForecast;
  readonly lookbacks: readonly LookbackBurn[];
  readonly burnPairs: readonly BurnPair[];
  readonly budgetAlerts: readonly BudgetAlert[];
  /** Weighted nearest rank; `value` is NULL when that rank has no value or nothing was measured. */
  readonly percentile: {
    readonly share: number;
    readonly value: number | null;
    readonly method: 'weighted nearest rank';
  } | null;
  /** The same of what succeeded and of what failed; NULL where it is not known, or was not asked. */
  readonly percentileByOutcome: OutcomePercentiles | null;
  readonly maintenance: readonly MaintenanceTime[];
  /** Counts that its source tells beside it; NULL where it tells none, or was not asked. */
  readonly facts: Facts | null;
  /** NULL unless it was asked for. */
  readonly breakdown: Breakdown | null;
  readonly notes: readonly CountNote[];
  readonly revision: Revision | null;
}

/** The verdict on one zero control: four numbers, and each violating subject. */
export interface ControlJudgement extends Judged {
  readonly kind: 'control';
  readonly evaluate: 'current' | 'any-in-window';
  readonly population: number;
  readonly classified: number;
  readonly violating: number;
  readonly unobservable: number;
  readonly unobservableBy: readonly UnobservableTally[];
  /** Rows of the population that stand for more than themselves. */
  readonly sampledRows: number;
  /** Why a zero could not be claimed, also beside a breach. */
  readonly doubts: readonly string[];
  readonly violations: Waived['violations'];
  /** Of the violating, how many a waiver in force covers. */
  readonly waived: number;
  readonly waivers: readonly WaiverUse[];
  /** Whether what is waived was let pass. */
  readonly honorsWaivers: boolean;
  /** Violating subjects beyond those listed. */
  readonly violationsNotListed: number;
  readonly revision: ControlRevision | null;
}

export type Judgement = ObjectiveJudgement | ControlJudgement;
