import type { Control } from './definition.ts';
import type { SloInput } from './definitions.ts';
import { definitionInvalid } from './place.ts';
import { hashOf, readShared, refuseFields, rulesOf } from './read-definition.ts';
import { waiversOf } from './read-waivers.ts';

const OBJECTIVE_ONLY = ['exclude', 'assume', 'value'];
const BUDGET_ANNOTATIONS = [
  'min-events',
  'min-bad-events',
  'confidence',
  'percentile',
  'budget-alerts',
  'exhaustion-alert',
  'budget-drop-alerts',
];

/** A promise that something never happens: no budget, no burn rate, no sampling. */
export function readControl(input: SloInput): Control {
  const { indicator, indicatorPlace, indicatorPath } = input;
  const path = [...indicatorPath, 'thresholdMetric', 'metricSource', 'spec'];
  const spec = indicator.thresholdMetric?.metricSource.spec;
  refuseBudget(input);
  if (!spec?.where || !spec.subject || !spec.population) {
    throw definitionInvalid(
      indicatorPlace,
      spec ? path : indicatorPath,
      "a zero-count control needs a thresholdMetric with 'where', 'subject' and 'population'.",
      "Say which rows violate, which columns name one subject, and with 'population.where' which rows are judged at all.",
    );
  }
  refuseFields(
    indicatorPlace,
    path,
    spec,
    OBJECTIVE_ONLY,
    'has no meaning for a zero-count control',
  );
  if (spec.population.source !== undefined && spec.population.source !== spec.source) {
    throw definitionInvalid(
      indicatorPlace,
      [...path, 'population', 'source'],
      'the population must come from the source of the violations.',
      `Remove it, or write 'source: ${spec.source}'; a relation in queries/sre/relations can hold both.`,
    );
  }
  const findings = rulesOf(spec.findings, [...path, 'findings'], indicatorPlace);
  const evaluate = required(input, 'evaluate', ['current', 'any-in-window']);
  if (evaluate === 'any-in-window' && spec.time === undefined) {
    throw definitionInvalid(
      indicatorPlace,
      path,
      "'time' is missing.",
      "Name the column that says when a row happened, or write 'slo.mcp/evaluate: current'.",
    );
  }
  return {
    kind: 'control',
    ...readShared(input, spec, path),
    time: spec.time ?? null,
    subject: spec.subject,
    population: { when: spec.population.where, path: [...path, 'population', 'where'] },
    violation: { when: spec.where, path: [...path, 'where'] },
    findings,
    evidence: spec.evidence ?? [],
    seen: spec.seen ?? null,
    evaluate,
    onNoExposure: required(input, 'on-no-exposure', ['met', 'inconclusive']),
    hash: hashOf(input, spec.source, null),
    waivers: waiversOf(
      input.documents,
      input.document.metadata.name,
      spec.subject,
      findings.map(({ id }) => id),
    ),
  };
}

function required<T extends string>(
  { annotation, document }: SloInput,
  name: string,
  values: readonly T[],
): T {
  const value = values.find((each) => each === annotation(name));
  if (value !== undefined) return value;
  throw definitionInvalid(
    document.place,
    ['metadata', 'annotations'],
    `the annotation 'slo.mcp/${name}' is missing.`,
    `Write one of: ${values.join(', ')}.`,
  );
}

function refuseBudget({ document, annotation }: SloInput): void {
  const { place, spec } = document;
  const [objective] = spec.objectives;
  if (spec.objectives.length !== 1 || objective?.op !== 'lte' || objective.value !== 0) {
    throw definitionInvalid(
      place,
      ['spec', 'objectives'],
      "a zero-count control has one objective, with 'op: lte' and 'value: 0'.",
      "Write it so; OpenSLO also wants a target below 1, 'target: 0.999999', which is not used.",
    );
  }
  if (spec.alertPolicies) {
    throw definitionInvalid(
      place,
      ['spec', 'alertPolicies'],
      'a zero-count control has no budget that could burn.',
      "Remove 'alertPolicies'.",
    );
  }
  const name = BUDGET_ANNOTATIONS.find((each) => annotation(each) !== undefined);
  const sampling = annotation('sampling');
  if (name === undefined && (sampling === undefined || sampling === 'forbidden')) return;
  throw definitionInvalid(
    place,
    ['metadata', 'annotations', `slo.mcp/${name ?? 'sampling'}`],
    name === undefined
      ? 'a zero cannot be proven from a sample.'
      : `'slo.mcp/${name}' has no meaning for a zero-count control.`,
    name === undefined ? "Write 'slo.mcp/sampling: forbidden'." : 'Remove it.',
  );
}
