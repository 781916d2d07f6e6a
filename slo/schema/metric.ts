import {
  countText,
  description,
  field,
  fields,
  record,
  type Schema,
  shortDuration,
} from './shared.ts';

const scalar: Schema = { type: ['string', 'number', 'boolean'] };

/** Structure, never SQL text: `field op value`, `any`, `all`, `not`. A list means all of it. */
export const predicates: Schema = {
  type: 'array',
  minItems: 1,
  items: { $ref: '#/$defs/predicate' },
};

const COMPARISONS = ['eq', 'ne', 'lt', 'lte', 'gt', 'gte', 'prefix', 'suffix', 'contains'];
const FIELD_COMPARISONS = [
  'eq-field',
  'ne-field',
  'lt-field',
  'lte-field',
  'gt-field',
  'gte-field',
];
export const OPERATORS: readonly string[] = [
  ...COMPARISONS,
  ...FIELD_COMPARISONS,
  'in',
  'not-in',
  'is-null',
  'is-not-null',
];

const op = { enum: OPERATORS };
const opIs = (...values: readonly string[]): Schema => ({
  properties: { op: { enum: values } },
});

const comparison: Schema = {
  if: opIs('is-null', 'is-not-null'),
  // biome-ignore lint/suspicious/noThenProperty: the keyword of JSON Schema
  then: record({ field, op }, ['field', 'op']),
  else: {
    if: opIs('in', 'not-in'),
    // biome-ignore lint/suspicious/noThenProperty: the keyword of JSON Schema
    then: record({ field, op, value: { type: 'array', minItems: 1, items: scalar } }, [
      'field',
      'op',
      'value',
    ]),
    else: {
      if: opIs(...FIELD_COMPARISONS),
      // biome-ignore lint/suspicious/noThenProperty: the keyword of JSON Schema
      then: record({ field, op, value: field }, ['field', 'op', 'value']),
      else: record({ field, op, value: scalar }, ['field', 'op', 'value']),
    },
  },
};

function group(key: 'any' | 'all' | 'not', otherwise: Schema): Schema {
  return {
    if: { properties: { [key]: {} }, required: [key] },
    // biome-ignore lint/suspicious/noThenProperty: the keyword of JSON Schema
    then: record({ [key]: predicates }, [key]),
    else: otherwise,
  };
}

const predicate: Schema = {
  type: 'object',
  ...group('any', group('all', group('not', comparison))),
};

/** Schemas that refer to `#/$defs/predicate` carry these at their root. */
export const definitions: Schema = { predicate };

/** Rows that a named rule sets apart, and why. */
const rule = record(
  {
    id: { type: 'string', pattern: '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$', maxLength: 63 },
    reason: { type: 'string', minLength: 1, maxLength: 300 },
    owner: { type: 'string', minLength: 1, maxLength: 100 },
    ticket: { type: 'string', minLength: 1, maxLength: 300 },
    when: predicates,
  },
  ['id', 'reason', 'when'],
);
const rules: Schema = { type: 'array', items: rule };

/** `metricSource.spec`: what OpenSLO leaves free, and we define. */
const metricSpec = record(
  {
    source: field,
    time: field,
    weight: field,
    where: predicates,
    exclude: rules,
    unmeasurable: rules,
    assume: rules,
    value: record({ field, badWhenMissing: predicates }, ['field']),
    subject: fields,
    population: record({ source: field, where: predicates }, ['where']),
    findings: rules,
    evidence: fields,
    seen: record({ first: field, last: field }, ['first', 'last']),
    freshness: record({ maxAge: shortDuration, inputs: fields }, ['maxAge', 'inputs']),
  },
  ['source'],
);

const metric = record(
  {
    metricSource: record(
      { metricSourceRef: { type: 'string' }, type: { type: 'string' }, spec: metricSpec },
      ['spec'],
    ),
  },
  ['metricSource'],
);

/** The `spec` of an SLI, inline or a document of its own. */
export const sliSpec: Schema = record({
  description,
  thresholdMetric: metric,
  ratioMetric: record({
    counter: { type: 'boolean' },
    good: metric,
    bad: metric,
    total: metric,
    rawType: { type: 'string' },
    raw: metric,
  }),
});

export const policyAnnotations: Readonly<Record<string, Schema>> = {
  'slo.mcp/short-window': shortDuration,
  'slo.mcp/alert-group': { type: 'string', minLength: 1 },
  'slo.mcp/budget-fraction': { type: 'string', pattern: '^0\\.[0-9]+$' },
  'slo.mcp/min-bad-events': countText,
  'slo.mcp/min-events': countText,
  'slo.mcp/denominator': { enum: ['window', 'period'] },
};
