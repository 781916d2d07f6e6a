import type { Goodness } from './definition.ts';
import type { SloInput } from './definitions.ts';
import { definitionInvalid } from './place.ts';
import { fromDecimal, type Rational } from './rational.ts';
import { conditionOf, refuseFields } from './read-definition.ts';
import type { MetricSpec, ObjectiveSpec } from './slo-spec.ts';

type Path = readonly (string | number)[];

/** What makes a row good: a condition of its own, or a value under a threshold. */
export function goodnessOf(
  input: SloInput,
  type: string,
  objective: ObjectiveSpec,
  path: Path,
  spec: MetricSpec,
  metricPath: Path,
  target: Rational,
): Goodness {
  return type === 'ratio'
    ? ratioOf(input, objective, path, spec)
    : latencyOf(input, objective, path, spec, metricPath, target);
}

function ratioOf(
  { indicator, indicatorPlace, indicatorPath, document }: SloInput,
  objective: ObjectiveSpec,
  path: Path,
  total: MetricSpec,
): Goodness {
  refuseFields(document.place, path, objective, ['op', 'value'], 'has no meaning for a ratio');
  const { good, bad, raw } = indicator.ratioMetric ?? {};
  const counts = good ? 'good' : 'bad';
  const counted = (good ?? bad)?.metricSource.spec;
  const base = [...indicatorPath, 'ratioMetric'];
  if (!counted || (good && bad) || raw) {
    throw definitionInvalid(
      indicatorPlace,
      base,
      "a ratioMetric needs 'total' and either 'good' or 'bad'.",
      'Write exactly these two.',
    );
  }
  const countedPath = [...base, counts, 'metricSource', 'spec'];
  if (counted.source !== total.source || counted.where === undefined) {
    throw definitionInvalid(
      indicatorPlace,
      countedPath,
      `'${counts}' must say, with 'where', which rows of '${total.source}' are ${counts}.`,
      `Write 'source: ${total.source}' and a 'where'; both sides count the same rows.`,
    );
  }
  const { source: _, where: __, ...others } = counted;
  refuseFields(indicatorPlace, countedPath, others, Object.keys(others), "belongs under 'total'");
  return {
    kind: 'ratio',
    counts,
    condition: { when: counted.where, path: [...countedPath, 'where'] },
  };
}

function latencyOf(
  { document, indicatorPlace, annotation }: SloInput,
  { op, value }: ObjectiveSpec,
  path: Path,
  spec: MetricSpec,
  metricPath: Path,
  target: Rational,
): Goodness {
  if ((op !== 'lt' && op !== 'lte') || value === undefined || !(value > 0)) {
    throw definitionInvalid(
      document.place,
      path,
      "a latency objective needs 'op: lt' or 'op: lte' and a 'value' above zero.",
      "Write, for example, 'op: lt' and 'value: 1500'.",
    );
  }
  if (!spec.value) {
    throw definitionInvalid(
      indicatorPlace,
      metricPath,
      "'value' is missing.",
      "Name the column that is compared, such as 'value: { field: latency_ms }'.",
    );
  }
  const percentile = annotation('percentile');
  return {
    kind: 'latency',
    field: spec.value.field,
    op,
    threshold: value,
    badWhenMissing: conditionOf(spec.value.badWhenMissing, [
      ...metricPath,
      'value',
      'badWhenMissing',
    ]),
    percentile: percentile === undefined ? target : fromDecimal(percentile),
  };
}
