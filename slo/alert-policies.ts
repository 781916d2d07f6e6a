import type { YamlPath } from '../core/yaml-file.ts';
import { type BurnRule, DEFAULT_MIN_BAD_EVENTS } from './burn-rules.ts';
import type { Objective } from './definition.ts';
import type { Documents, Metadata, SloDocument } from './documents.ts';
import { durationMs } from './duration.ts';
import { definitionInvalid, type Place, placeWithin } from './place.ts';
import { compare, fromDecimal, multiply, ONE, type Rational } from './rational.ts';

interface ConditionSpec {
  readonly severity: string;
  readonly condition: {
    readonly op: 'gt' | 'gte';
    readonly threshold: number;
    readonly lookbackWindow: string;
  };
}

interface PolicySpec {
  readonly conditions: readonly { readonly conditionRef?: string; readonly spec?: ConditionSpec }[];
}

/** An entry of `spec.alertPolicies`: a name, or the policy itself. */
export interface PolicyEntry {
  readonly alertPolicyRef?: string;
  readonly metadata?: Metadata;
  readonly spec?: PolicySpec;
}

/** The window of an objective. */
type Period = Pick<Objective, 'windowMs' | 'windowRule'>;

type Policy = Pick<SloDocument<PolicySpec>, 'metadata' | 'spec' | 'place'>;

/** The burn rules that an SLO's alert policies stand for, each checked against its budget. */
export function burnRulesOf(
  documents: Documents,
  place: Place,
  entries: readonly PolicyEntry[],
  allowedBad: Rational,
  period: Period,
): BurnRule[] {
  return entries.map((entry, index) => {
    const policy = policyOf(documents, place, entry, ['spec', 'alertPolicies', index]);
    const rule = burnRuleOf(documents, policy, period);
    refuseUnreachable(rule, policy.place, allowedBad);
    refuseIdlePage(rule, policy.place);
    return rule;
  });
}

function policyOf(documents: Documents, place: Place, entry: PolicyEntry, path: YamlPath): Policy {
  if (entry.metadata && entry.spec) {
    return { metadata: entry.metadata, spec: entry.spec, place: placeWithin(place, path) };
  }
  const name = entry.alertPolicyRef ?? '';
  const policy = documents.find<PolicySpec>('AlertPolicy', name);
  if (policy) return policy;
  throw definitionInvalid(
    place,
    path,
    name === '' ? 'the alert policy has no name.' : `there is no AlertPolicy named '${name}'.`,
    "Write 'alertPolicyRef' with the name of an AlertPolicy, and load its file too.",
  );
}

function burnRuleOf(
  documents: Documents,
  { metadata, spec, place }: Policy,
  period: Period,
): BurnRule {
  const { severity, condition } = conditionOf(documents, spec, place);
  if (condition.op !== 'gt') {
    throw definitionInvalid(
      place,
      ['spec', 'conditions', 0],
      `the burn rate condition uses 'op: ${condition.op}'; a rate at the threshold would fire.`,
      "Write 'op: gt'.",
    );
  }
  const longMs = durationMs(condition.lookbackWindow);
  const shortText = metadata.annotations?.['slo.mcp/short-window'];
  const shortMs = shortText === undefined ? Math.floor(longMs / 12) : durationMs(shortText);
  if (shortMs >= longMs) {
    throw definitionInvalid(
      place,
      ['metadata', 'annotations', 'slo.mcp/short-window'],
      `the short window ${shortText} is not shorter than the lookback ${condition.lookbackWindow}.`,
      'Write about a twelfth of the lookback.',
    );
  }
  const minEvents = metadata.annotations?.['slo.mcp/min-events'];
  return {
    name: metadata.name,
    severity,
    longMs,
    shortMs,
    factor: fromDecimal(String(condition.threshold)),
    minBadEvents: BigInt(
      metadata.annotations?.['slo.mcp/min-bad-events'] ?? DEFAULT_MIN_BAD_EVENTS,
    ),
    ...(minEvents === undefined ? {} : { minEvents: BigInt(minEvents) }),
    ...(metadata.annotations?.['slo.mcp/denominator'] === 'period' && {
      periodMs: periodOf(period, place),
    }),
  };
}

/** A calendar window has only begun on its first days, and no average yet. */
function periodOf({ windowMs, windowRule }: Period, place: Place): number {
  if (windowRule.kind === 'rolling') return windowMs;
  throw definitionInvalid(
    place,
    ['metadata', 'annotations', 'slo.mcp/denominator'],
    "the average traffic of a calendar window is not known while it lasts, so 'period' cannot be its denominator.",
    "Write 'window', or give the SLO a rolling window.",
  );
}

function conditionOf(documents: Documents, spec: PolicySpec, place: Place): ConditionSpec {
  const entry = spec.conditions[0];
  const named = documents.find<ConditionSpec>('AlertCondition', entry?.conditionRef ?? '')?.spec;
  const condition = entry?.spec ?? named;
  if (condition) return condition;
  throw definitionInvalid(
    place,
    ['spec', 'conditions', 0],
    `there is no AlertCondition named '${entry?.conditionRef ?? ''}'.`,
    'Write the condition in the policy, or load the file that holds it.',
  );
}

/** A page at a rate that uses no more than the budget wakes people for an objective that is kept. */
function refuseIdlePage({ severity, factor, name }: BurnRule, place: Place): void {
  if (severity !== 'page' || compare(factor, ONE) > 0) return;
  throw definitionInvalid(
    place,
    ['spec', 'conditions', 0],
    `the alert policy '${name}' pages at a burn rate that keeps the objective.`,
    "Write a threshold above 1, or 'severity: ticket'.",
  );
}

/**
 * When everything is bad, the budget burns 1 / allowedBad times too fast, and never faster; against the average of a period
 * it burns as fast as there is traffic.
 */
function refuseUnreachable(rule: BurnRule, place: Place, allowedBad: Rational): void {
  if (rule.periodMs !== undefined) return;
  if (compare(multiply(rule.factor, allowedBad), ONE) < 0) return;
  throw definitionInvalid(
    place,
    ['spec', 'conditions', 0],
    `the alert policy '${rule.name}' can never fire: even a total outage burns the budget slower than its threshold.`,
    'Lower the threshold, or raise the target of the SLO.',
  );
}
