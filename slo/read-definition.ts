import { createHash } from 'node:crypto';
import type { YamlPath } from '../core/yaml-file.ts';
import type { Condition, Definition, Freshness, Gate, Rule } from './definition.ts';
import type { SloInput } from './definitions.ts';
import { durationMs } from './duration.ts';
import { definitionInvalid, type Place } from './place.ts';
import { fromDecimal } from './rational.ts';
import type { MetricSpec, RuleSpec } from './slo-spec.ts';
import { findSource, sourceNames } from './sources.ts';

/** What objectives and controls have in common. */
export function readShared(
  input: SloInput,
  spec: MetricSpec,
  metricPath: YamlPath,
): Omit<Definition, 'hash' | 'time'> {
  const { document, annotation, indicatorPlace, windowMs, windowText, windowRule } = input;
  requireSource(indicatorPlace, [...metricPath, 'source'], spec.source);
  return {
    slo: document.metadata.name,
    displayName: document.metadata.displayName ?? document.metadata.name,
    description: document.spec.description ?? '',
    service: document.spec.service,
    owner: annotation('owner') ?? null,
    runbook: annotation('runbook') ?? null,
    windowMs,
    windowText,
    windowRule,
    delayMs: durationMs(annotation('ingestion-delay') ?? '0s'),
    source: spec.source,
    weight: spec.weight ?? null,
    unmeasurable: rulesOf(spec.unmeasurable, [...metricPath, 'unmeasurable'], indicatorPlace),
    retentionMs: retentionOf(input),
    freshness: freshnessOf(spec, indicatorPlace, metricPath),
    sliceMs: sliceOf(input),
    minCoverage: coverageOf(annotation('min-coverage')),
    onInconclusive: (annotation('on-inconclusive') ?? 'fail') as Gate,
    place: document.place,
    indicatorPlace,
    metricPath,
  };
}

function coverageOf(text: string | undefined) {
  return text === undefined ? null : fromDecimal(text);
}

function sliceOf({ annotation, windowMs, document }: SloInput): number {
  const sliceMs = durationMs(annotation('slice') ?? '1d');
  if (windowMs % sliceMs === 0 || annotation('slice') === undefined) {
    return Math.min(sliceMs, windowMs);
  }
  throw definitionInvalid(
    document.place,
    ['metadata', 'annotations', 'slo.mcp/slice'],
    'the slice does not divide the time window.',
    "Write a slice such as '1d' or '5m' that fits the window a whole number of times.",
  );
}

/** `retention` among the connection details of the data source that the indicator names. */
function retentionOf({ documents, indicator }: SloInput): number | null {
  const metric = indicator.thresholdMetric ?? indicator.ratioMetric?.total;
  const source = documents.find<{ readonly connectionDetails?: { readonly retention?: unknown } }>(
    'DataSource',
    metric?.metricSource.metricSourceRef ?? '',
  );
  const retention = source?.spec.connectionDetails?.retention;
  if (source === undefined || retention === undefined) return null;
  if (typeof retention === 'string' && /^[1-9][0-9]*[mhdw]$/.test(retention)) {
    return durationMs(retention);
  }
  throw definitionInvalid(
    source.place,
    ['spec', 'connectionDetails', 'retention'],
    `'${String(retention)}' is not how long rows are kept.`,
    "Write a duration such as '30d'.",
  );
}

function freshnessOf(spec: MetricSpec, place: Place, metricPath: YamlPath): Freshness | null {
  if (!spec.freshness) return null;
  for (const [index, input] of spec.freshness.inputs.entries()) {
    const path = [...metricPath, 'freshness', 'inputs', index];
    requireSource(place, path, input);
    if (findSource(input).time === null) {
      throw definitionInvalid(
        place,
        path,
        `the rows of '${input}' do not say when they were seen.`,
        'Name a source with a time, such as tool_calls or gateway_settings.',
      );
    }
  }
  return { maxAgeMs: durationMs(spec.freshness.maxAge), inputs: spec.freshness.inputs };
}

/** Rules with the place of their predicates; a report names a rule by its id, so ids are unique. */
export function rulesOf(
  specs: readonly RuleSpec[] | undefined,
  path: YamlPath,
  place: Place,
): Rule[] {
  const seen = new Set<string>();
  return (specs ?? []).map(({ id, reason, owner, ticket, when }, index) => {
    if (seen.has(id)) {
      throw definitionInvalid(
        place,
        [...path, index, 'id'],
        `two rules are called '${id}'.`,
        'Rename one of them.',
      );
    }
    seen.add(id);
    return {
      id,
      reason,
      owner: owner ?? null,
      ticket: ticket ?? null,
      when,
      path: [...path, index, 'when'],
    };
  });
}

export function conditionOf(when: Condition['when'] | undefined, path: YamlPath): Condition | null {
  return when === undefined ? null : { when, path };
}

function requireSource(place: Place, path: YamlPath, name: string): void {
  if (sourceNames().includes(name)) return;
  throw definitionInvalid(
    place,
    path,
    `there is no source named '${name}'.`,
    `Use one of: ${sourceNames().join(', ')}.`,
  );
}

/** Fields that mean nothing to this kind of definition are refused, never ignored. */
export function refuseFields(
  place: Place,
  path: YamlPath,
  spec: object,
  names: readonly string[],
  why: string,
): void {
  const name = names.find((each) => each in spec);
  if (name === undefined) return;
  throw definitionInvalid(place, [...path, name], `'${name}' ${why}.`, 'Remove it.');
}

/** Two definitions with one hash promise the same; a changed hash breaks comparability. */
export function hashOf(input: SloInput, source: string, more: unknown): string {
  const { document, indicator } = input;
  const relation = findSource(source).file?.sql ?? null;
  const annotations = Object.entries(document.metadata.annotations ?? {}).sort();
  const { alertPolicies: _, ...spec } = document.spec;
  return createHash('sha256')
    .update(jsonText([document.metadata.name, annotations, spec, indicator, more, relation]))
    .digest('hex')
    .slice(0, 32);
}

function jsonText(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) =>
    typeof each === 'bigint' ? each.toString() : each,
  );
}
