import type { YamlPath } from '../core/yaml-file.ts';

/** Says where something was taken that OpenSLO does not allow, and as what. */
type Warn = (path: YamlPath, what: string) => void;

type Item = Record<string, unknown>;

const REFERENCES = ['indicatorRef', 'alertPolicyRef', 'conditionRef', 'targetRef'];

/**
 * A document as it would be valid, for slips that are common in files of the field: names with
 * capitals, an indicator without metadata, alert policies as plain names, an operator on a ratio.
 * Each is told. Everything else stays as it was written, for the strict reader to judge.
 */
export function relaxed(document: unknown, warn: Warn): unknown {
  if (!isItem(document)) return document;
  const named = withLowerNames(document, [], warn) as Item;
  const { kind, spec } = named;
  if (kind !== 'SLO' || !isItem(spec)) return named;
  return { ...named, spec: relaxedSlo(named, spec, warn) };
}

function relaxedSlo(document: Item, spec: Item, warn: Warn): Item {
  const { indicator, alertPolicies, objectives } = spec;
  const policies = Array.isArray(alertPolicies) ? { alertPolicies: alertPolicies.map(ref) } : {};
  function ref(entry: unknown, index: number): unknown {
    if (typeof entry !== 'string') return entry;
    warn(['spec', 'alertPolicies', index], `the name '${entry}' is taken as an alertPolicyRef`);
    return { alertPolicyRef: entry };
  }
  if (!isItem(indicator)) return { ...spec, ...policies };
  const isRatio = isItem(indicator['spec']) && indicator['spec']['ratioMetric'] !== undefined;
  return {
    ...spec,
    ...policies,
    indicator: withMetadata(document, indicator, warn),
    ...(isRatio && Array.isArray(objectives)
      ? { objectives: objectives.map((each, index) => withoutOperator(each, index, warn)) }
      : {}),
  };
}

function withMetadata({ metadata }: Item, indicator: Item, warn: Warn): Item {
  if (indicator['metadata'] !== undefined || !isItem(metadata)) return indicator;
  warn(['spec', 'indicator'], 'the indicator has no metadata, and takes the name of the SLO');
  return { metadata: { name: metadata['name'] }, ...indicator };
}

function withoutOperator(objective: unknown, index: number, warn: Warn): unknown {
  if (!isItem(objective) || !('op' in objective || 'value' in objective)) return objective;
  warn(['spec', 'objectives', index], "'op' and 'value' have no meaning for a ratio, and are left");
  const { op: _, value: __, ...rest } = objective;
  return rest;
}

/** A name and whatever refers to it are lowered alike, so that they still meet. */
function withLowerNames(value: unknown, path: YamlPath, warn: Warn): unknown {
  if (Array.isArray(value))
    return value.map((each, at) => withLowerNames(each, [...path, at], warn));
  if (!isItem(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => {
      const at = [...path, key];
      const isName = key === 'name' && path.at(-1) === 'metadata';
      if (!isName && !REFERENCES.includes(key)) {
        // What a source is asked, and what others wrote for themselves, is nobody's name.
        return [
          key,
          ['metricSource', 'labels', 'annotations'].includes(key)
            ? each
            : withLowerNames(each, at, warn),
        ];
      }
      if (typeof each !== 'string' || each === each.toLowerCase()) return [key, each];
      warn(at, `the name '${each}' is taken as '${each.toLowerCase()}'`);
      return [key, each.toLowerCase()];
    }),
  );
}

function isItem(value: unknown): value is Item {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
