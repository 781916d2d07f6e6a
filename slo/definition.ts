import type { YamlPath } from '../core/yaml-file.ts';
import type { BudgetRules } from './budget-alerts.ts';
import type { BurnRule } from './burn-rules.ts';
import type { Maintenance } from './maintenance.ts';
import type { Place } from './place.ts';
import type { Rational } from './rational.ts';
import type { WindowRule } from './windows.ts';

/** One condition over a row, as YAML holds it; a list of them means all. */
export interface Predicate {
  readonly field?: string;
  readonly op?: string;
  readonly value?: unknown;
  readonly any?: readonly Predicate[];
  readonly all?: readonly Predicate[];
  readonly not?: readonly Predicate[];
}

/** Predicates, and where they stand in their document. */
export interface Condition {
  readonly when: readonly Predicate[];
  readonly path: YamlPath;
}

/** A named reason to set rows apart. */
export interface Rule extends Condition {
  readonly id: string;
  readonly reason: string;
  /** Who answers for it, and where it was decided. */
  readonly owner: string | null;
  readonly ticket: string | null;
}

/** How old the newest row of some tables may be. */
export interface Freshness {
  readonly maxAgeMs: number;
  readonly inputs: readonly string[];
}

export type Gate = 'fail' | 'warn' | 'pass';

/** What every definition has, whatever it promises. */
export interface Definition {
  readonly slo: string;
  readonly displayName: string;
  readonly description: string;
  readonly service: string;
  readonly owner: string | null;
  readonly runbook: string | null;
  /** How long the window is; of a calendar's, how long it usually is. */
  readonly windowMs: number;
  readonly windowRule: WindowRule;
  /** Rows younger than this are not judged yet. */
  readonly delayMs: number;
  readonly windowText: string;
  readonly source: string;
  readonly time: string | null;
  readonly weight: string | null;
  readonly unmeasurable: readonly Rule[];
  /** How long its data source keeps rows, where that is said. */
  readonly retentionMs: number | null;
  readonly freshness: Freshness | null;
  readonly sliceMs: number;
  /** NULL: how much of the window was observed is not asked. */
  readonly minCoverage: Rational | null;
  readonly onInconclusive: Gate;
  readonly hash: string;
  /** The document that holds the promise, and the one that holds the indicator. */
  readonly place: Place;
  readonly indicatorPlace: Place;
  /** Where `metricSource.spec` stands in the latter. */
  readonly metricPath: YamlPath;
}

/** What makes a row good. */
export type Goodness =
  | { readonly kind: 'ratio'; readonly condition: Condition; readonly counts: 'good' | 'bad' }
  | {
      readonly kind: 'latency';
      readonly field: string;
      readonly op: 'lt' | 'lte';
      readonly threshold: number;
      readonly badWhenMissing: Condition | null;
      /** Shown beside the share; the promise itself counts rows. */
      readonly percentile: Rational;
    };

/** Whether a slice of time was good: at least this share of its rows. */
export interface Timeslice {
  readonly ms: number;
  readonly target: Rational;
}

/** At least `target` of the rows in the window are good. */
export interface Objective extends Definition {
  readonly kind: 'objective';
  readonly objective: string;
  readonly target: Rational;
  readonly targetText: string;
  readonly time: string;
  readonly scope: Condition | null;
  readonly exclude: readonly Rule[];
  /** Rows that count although something about them had to be assumed. */
  readonly assume: readonly Rule[];
  readonly good: Goodness;
  /** The promise is about slices of time, not about rows; NULL: about rows. */
  readonly timeslice: Timeslice | null;
  /** Planned downtime that concerns it. */
  readonly maintenance: readonly Maintenance[];
  /** What a breakdown is made by, unless another is asked for. */
  readonly dimensions: readonly string[];
  /** `confident`: a verdict holds for the rate behind the rows too. */
  readonly certainty: 'point' | 'confident';
  readonly budgetBasis: 'observed' | 'projected';
  readonly minEvents: bigint;
  readonly confidence: '0.9' | '0.95' | '0.99';
  readonly sampling: 'weighted' | 'none';
  readonly burnRules: readonly BurnRule[];
  readonly budgetRules: BudgetRules;
}

/** Somebody's agreement that a subject may violate a control, until a day. */
export interface Waiver {
  readonly name: string;
  /** All columns of the subject. */
  readonly subject: Readonly<Record<string, string>>;
  /** NULL: whatever it violates. */
  readonly finding: string | null;
  readonly reason: string;
  readonly approver: string;
  readonly ticket: string | null;
  readonly from: string | null;
  readonly expiresAt: string;
  /** 'file:line' of the waiver. */
  readonly definedAt: string;
}

/** No subject of the population violates. */
export interface Control extends Definition {
  readonly kind: 'control';
  readonly subject: readonly string[];
  readonly population: Condition;
  readonly violation: Condition;
  readonly findings: readonly Rule[];
  readonly evidence: readonly string[];
  readonly seen: { readonly first: string; readonly last: string } | null;
  readonly evaluate: 'current' | 'any-in-window';
  readonly onNoExposure: 'met' | 'inconclusive';
  readonly waivers: readonly Waiver[];
}

/** What `loadDefinitions` returns: all promises, in the order they were written. */
export interface SloDefinitions {
  readonly definitions: readonly (Objective | Control)[];
  /** Worth a look, but no reason to refuse: 'file:line: what'. */
  readonly warnings: readonly string[];
  /** Good to know, and not wrong. */
  readonly notes?: readonly string[];
}
