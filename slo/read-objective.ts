import { burnRulesOf } from './alert-policies.ts';
import { budgetRulesOf } from './budget-alerts.ts';
import { type BurnRule, DEFAULT_MIN_BAD_EVENTS, standardRules } from './burn-rules.ts';
import type { Objective } from './definition.ts';
import type { SloInput } from './definitions.ts';
import { goodnessOf } from './goodness.ts';
import type { Maintenance } from './maintenance.ts';
import { definitionInvalid } from './place.ts';
import { fromDecimal, ONE, type Rational, subtract } from './rational.ts';
import { conditionOf, hashOf, readShared, refuseFields, rulesOf } from './read-definition.ts';
import type { MetricSpec } from './slo-spec.ts';
import { targetOf } from './target.ts';
import { timesliceOf } from './timeslice.ts';

type Path = readonly (string | number)[];

const DAY_MS = 86_400_000;
const CONTROL_ONLY = ['subject', 'population', 'findings', 'evidence', 'seen'];

/** The objectives of an SLO that counts good and bad rows. */
export function readObjectives(input: SloInput, type: string): Objective[] {
  const { indicatorPlace, annotation, document } = input;
  const { spec, path } = metricOf(input, type);
  refuseFields(indicatorPlace, path, spec, CONTROL_ONLY, 'belongs to a zero-count control');
  const { time } = spec;
  if (time === undefined) {
    throw definitionInvalid(
      indicatorPlace,
      path,
      "'time' is missing.",
      "Name the column that says when a row happened, such as 'time: timestamp'.",
    );
  }
  return document.spec.objectives.map((objective, index) => {
    const at = ['spec', 'objectives', index];
    const { target, targetText } = targetOf(input, objective, at);
    const allowedBad = subtract(ONE, target);
    const good = goodnessOf(input, type, objective, at, spec, path, target);
    const burnRules = document.spec.alertPolicies
      ? burnRulesOf(input.documents, document.place, document.spec.alertPolicies, allowedBad, input)
      : presetRules(input).filter(({ factor }) => isReachable(factor, allowedBad));
    const timeslice = timesliceOf(input, objective, at);
    const certainty = (annotation('verdict') ?? 'point') as Objective['certainty'];
    const maintenance = annotation('maintenance') === 'include' ? [] : input.maintenance;
    return {
      kind: 'objective',
      ...readShared(input, spec, path),
      minCoverage: fromDecimal(annotation('min-coverage') ?? '0.9'),
      objective: objective.displayName ?? `objective-${index + 1}`,
      target,
      targetText,
      time,
      scope: conditionOf(spec.where, [...path, 'where']),
      exclude: rulesOf(spec.exclude, [...path, 'exclude'], indicatorPlace),
      assume: rulesOf(spec.assume, [...path, 'assume'], indicatorPlace),
      good,
      timeslice,
      maintenance,
      dimensions: annotation('dimensions')?.split(',') ?? [],
      certainty,
      budgetBasis: (annotation('budget-basis') ?? 'observed') as Objective['budgetBasis'],
      minEvents: minEventsOf(annotation('min-events'), allowedBad, certainty),
      confidence: (annotation('confidence') ?? '0.95') as Objective['confidence'],
      sampling: samplingOf(input),
      burnRules,
      budgetRules: budgetRulesOf(input),
      hash: hashOf(input, spec.source, [index, good, burnRules, maintenance.map(planOf)]),
    };
  });
}

function isReachable(factor: Rational, allowedBad: Rational): boolean {
  return factor.num * allowedBad.num < factor.den * allowedBad.den;
}

function metricOf(input: SloInput, type: string): { spec: MetricSpec; path: Path } {
  const { indicator, indicatorPlace, indicatorPath } = input;
  const [key, metric] =
    type === 'ratio'
      ? (['ratioMetric', indicator.ratioMetric?.total] as const)
      : (['thresholdMetric', indicator.thresholdMetric] as const);
  if (!metric) {
    throw definitionInvalid(
      indicatorPlace,
      indicatorPath,
      `an objective of type '${type}' needs a '${key === 'ratioMetric' ? 'ratioMetric with total' : key}'.`,
      'Write it, or correct the annotation slo.mcp/objective-type.',
    );
  }
  const within = key === 'ratioMetric' ? [key, 'total'] : [key];
  return {
    spec: metric.metricSource.spec,
    path: [...indicatorPath, ...within, 'metricSource', 'spec'],
  };
}

/**
 * By default so many that one bad row cannot be the whole budget; three times as many where the
 * interval must clear the target too.
 */
function minEventsOf(
  text: string | undefined,
  allowedBad: Rational,
  certainty: Objective['certainty'],
): bigint {
  if (text !== undefined) return BigInt(text);
  const enough = allowedBad.den * (certainty === 'confident' ? 3n : 1n);
  return (enough + allowedBad.num - 1n) / allowedBad.num;
}

/** What of a maintenance decides which rows are left out. */
function planOf({ place: _, owner: __, ticket: ___, reason: ____, ...plan }: Maintenance) {
  return plan;
}

/** The rules of the SRE workbook, for the window they are made for or for one that asks for them. */
function presetRules({ annotation, windowMs }: SloInput): BurnRule[] {
  const minBadEvents = BigInt(annotation('min-bad-events') ?? DEFAULT_MIN_BAD_EVENTS);
  const asked = annotation('burn-policy');
  if (asked === 'none') return [];
  const days = asked === undefined ? null : Number(/\d+/.exec(asked)?.[0]);
  return standardRules(days === null ? windowMs : days * DAY_MS, minBadEvents);
}

function samplingOf({ annotation, document }: SloInput): 'weighted' | 'none' {
  const sampling = annotation('sampling') ?? 'weighted';
  if (sampling === 'weighted' || sampling === 'none') return sampling;
  throw definitionInvalid(
    document.place,
    ['metadata', 'annotations', 'slo.mcp/sampling'],
    `'sampling: ${sampling}' belongs to a zero-count control.`,
    "Write 'weighted', or 'none' for a source that is never sampled.",
  );
}
