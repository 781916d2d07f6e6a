import type { TimeWindow } from '../core/window.ts';

/**
 * What a report needs of a verdict. The judge in slo/ gives more; test/reports/judgement.test.ts
 * holds its type against this one.
 */

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

interface Judged {
  readonly slo: string;
  readonly displayName: string;
  readonly description: string;
  readonly service: string;
  readonly owner: string | null;
  readonly runbook: string | null;
  readonly definedAt: string;
  readonly definitionHash: string;
  readonly window: TimeWindow;
  readonly windowText: string;
  readonly state: 'met' | 'at_risk' | 'breached' | 'insufficient_data' | 'not_provable';
  readonly reason: string;
  /** What had been judged of the same window before late rows came. */
  readonly revision?: {
    readonly state: string;
    readonly judgedAt: string;
    readonly good?: Count;
    readonly bad?: Count;
    readonly population?: number;
    readonly violating?: number;
    readonly unobservable?: number;
  } | null;
  /** Telemetry that is missing, and all that it blinds. */
  readonly blindness?: {
    readonly state: 'no_telemetry' | 'stale';
    readonly source: string;
    readonly since: string | null;
    readonly blinds: readonly string[];
  } | null;
}

/** At least a share of the rows is good. */
export interface ObjectiveJudgement extends Judged {
  readonly kind: 'objective';
  /** Name of the objective within its SLO. */
  readonly objective?: string;
  readonly targetRatio?: number;
  readonly targetText: string;
  readonly threshold: {
    readonly field: string;
    readonly op: string;
    readonly value: number;
  } | null;
  readonly inScope: CountPair;
  readonly good: CountPair;
  readonly bad: CountPair;
  readonly excluded: readonly RuleCount[];
  readonly unmeasurable: readonly RuleCount[];
  readonly assumed: readonly RuleCount[];
  /** Of a promise about slices of time; its budget is of these. */
  readonly timeslice?: object | null;
  readonly goodRatio?: number | null;
  readonly goodText: string | null;
  readonly ratioWithoutExclusions: number | null;
  readonly interval: {
    readonly low: number;
    readonly high: number;
    readonly confidence: string;
  } | null;
  readonly budget: {
    readonly consumedRatio: number;
    readonly remainingRatio: number;
    readonly allowedEvents: number;
    readonly remainingEvents: number;
  } | null;
  readonly lookbacks?: readonly {
    readonly lookback: string;
    readonly good: Count;
    readonly bad: Count;
    readonly burnRate: number | null;
  }[];
  readonly burnPairs: readonly {
    readonly name: string;
    readonly severity: string;
    readonly long: string;
    readonly short: string;
    readonly threshold: number;
    readonly longBurnRate: number | null;
    readonly shortBurnRate: number | null;
    readonly state: string;
    /** A page of the same objective fires, or a maintenance takes place. */
    readonly isSuppressed?: boolean;
    readonly isMuted?: boolean;
    /** Rows of the long window, and how many it takes. */
    readonly events?: Count;
    readonly badEvents?: Count;
    readonly minEvents?: Count;
    readonly minBadEvents?: Count;
    /** What bad rows are held against; absent: the rows of the lookback. */
    readonly denominator?: string;
    readonly frozenAt?: string | null;
  }[];
  /** What is asked of the budget beside how fast it burns. */
  readonly budgetAlerts?: readonly {
    readonly kind: 'consumed' | 'exhaustion' | 'drop';
    readonly limit: string;
    readonly state: 'firing' | 'quiet' | 'unknown';
    readonly value: number | null;
  }[];
  /** Counts that its source tells beside it. */
  readonly facts?: Readonly<Record<string, number>> | null;
  /** What the rows show and a reviewer should not overlook. */
  readonly notes?: readonly { readonly id: string; readonly text: string }[];
  readonly percentile: { readonly share: number; readonly value: number | null } | null;
  /** The same of what succeeded and of what failed. */
  readonly percentileByOutcome?: {
    readonly success: number | null;
    readonly failure: number | null;
  } | null;
}

/** One subject that violates a control. */
export interface Violation {
  readonly subject: Readonly<Record<string, string>>;
  readonly finding: string;
  readonly explanation: string;
  readonly firstSeenAt: string | null;
  readonly lastSeenAt: string | null;
  readonly rows: number;
  readonly evidence: Readonly<Record<string, string | null>>;
  /** The waivers in force that together cover it, by name. */
  readonly waiver?: string | null;
}

/** Nothing violates, and that could be seen. */
export interface ControlJudgement extends Judged {
  readonly kind: 'control';
  readonly population: number;
  readonly classified: number;
  readonly violating: number;
  readonly unobservable: number;
  readonly unobservableBy: readonly {
    readonly id: string;
    readonly reason: string;
    readonly subjects: number;
  }[];
  readonly doubts: readonly string[];
  readonly violations: readonly Violation[];
  readonly violationsNotListed: number;
  readonly waived?: number;
  readonly waivers?: readonly {
    readonly name: string;
    readonly reason: string;
    readonly approver: string;
    readonly expiresAt: string;
    readonly state: 'in_force' | 'unused' | 'expired' | 'not_yet';
    readonly subjects: number;
  }[];
}

export type Judgement = ObjectiveJudgement | ControlJudgement;
