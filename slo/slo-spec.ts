import type { PolicyEntry } from './alert-policies.ts';
import type { Predicate } from './definition.ts';
import type { Metadata } from './documents.ts';

/** The shapes that the JSON Schemas of slo/schema/ have checked. */

export interface RuleSpec {
  readonly id: string;
  readonly reason: string;
  readonly owner?: string;
  readonly ticket?: string;
  readonly when: readonly Predicate[];
}

export interface MetricSpec {
  readonly source: string;
  readonly time?: string;
  readonly weight?: string;
  readonly where?: readonly Predicate[];
  readonly exclude?: readonly RuleSpec[];
  readonly unmeasurable?: readonly RuleSpec[];
  readonly assume?: readonly RuleSpec[];
  readonly value?: { readonly field: string; readonly badWhenMissing?: readonly Predicate[] };
  readonly subject?: readonly string[];
  readonly population?: { readonly source?: string; readonly where: readonly Predicate[] };
  readonly findings?: readonly RuleSpec[];
  readonly evidence?: readonly string[];
  readonly seen?: { readonly first: string; readonly last: string };
  readonly freshness?: { readonly maxAge: string; readonly inputs: readonly string[] };
}

interface Metric {
  readonly metricSource: { readonly metricSourceRef?: string; readonly spec: MetricSpec };
}

export interface SliSpec {
  readonly thresholdMetric?: Metric;
  readonly ratioMetric?: {
    readonly good?: Metric;
    readonly bad?: Metric;
    readonly total?: Metric;
    readonly raw?: Metric;
  };
}

export interface ObjectiveSpec {
  readonly displayName?: string;
  readonly op?: 'lt' | 'lte' | 'gt' | 'gte';
  readonly value?: number;
  readonly target?: number;
  readonly targetPercent?: number;
  readonly timeSliceTarget?: number;
  readonly timeSliceWindow?: string;
  readonly indicator?: unknown;
  readonly indicatorRef?: string;
  readonly compositeWeight?: number;
}

export interface SloSpec {
  readonly description?: string;
  readonly service: string;
  readonly indicator?: { readonly metadata: Metadata; readonly spec: SliSpec };
  readonly indicatorRef?: string;
  readonly budgetingMethod: string;
  readonly timeWindow: readonly {
    readonly duration: string;
    readonly isRolling?: boolean;
    readonly calendar?: { readonly startTime: string; readonly timeZone: string };
  }[];
  readonly objectives: readonly ObjectiveSpec[];
  readonly alertPolicies?: readonly PolicyEntry[];
}
