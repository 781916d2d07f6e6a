import { record, type Schema } from './shared.ts';

/**
 * OpenSLO v1 as its reference implementation reads it (github.com/OpenSLO/go-sdk at ae145da,
 * Apache-2.0), without anything of ours. Its decoder refuses unknown fields, wrong types and
 * durations of another form; all else is for its validator to say. `null` is as good as absent.
 */

const label = '[a-zA-Z0-9]([-._a-zA-Z0-9]{0,61}[a-zA-Z0-9])?';
const domain = '[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?';

const name: Schema = {
  type: 'string',
  pattern: '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$',
  maxLength: 63,
  description: "Write lower-case letters, digits and '-', at most 63 of them.",
};
/** What the reference decoder takes for a duration, before its validator does. */
export const DECODABLE_DURATION = '^(-?[0-9]+[^0-9]+)?$';
const DURATION = '^[0-9]+[mhdwMQY]$';
const duration: Schema = {
  type: 'string',
  allOf: [{ pattern: DECODABLE_DURATION }],
  pattern: DURATION,
  description: "Write a whole number and one of m, h, d, w, M, Q, Y, such as '30d' or '5m'.",
};
const operator: Schema = { enum: ['gt', 'lt', 'gte', 'lte'] };
const description: Schema = { type: 'string', maxLength: 1050 };
const text: Schema = { type: 'string', minLength: 1 };

const metadata = record(
  {
    name,
    displayName: { type: 'string', maxLength: 63 },
    labels: {
      type: 'object',
      propertyNames: { pattern: `^${label}$` },
      additionalProperties: { type: ['string', 'array'], items: { type: 'string' } },
    },
    annotations: {
      type: 'object',
      propertyNames: { pattern: `^(${domain}(\\.${domain})*/)?${label}$` },
      additionalProperties: { type: 'string' },
    },
  },
  ['name'],
);

const metric = record(
  {
    metricSource: record(
      {
        metricSourceRef: { anyOf: [{ const: '' }, name] },
        type: { type: 'string' },
        spec: { type: 'object', minProperties: 1 },
      },
      ['spec'],
    ),
  },
  ['metricSource'],
);

const has = (...names: readonly string[]): Schema => ({
  required: names,
  properties: Object.fromEntries(names.map((each) => [each, {}])),
});
const hasNone = (...names: readonly string[]): readonly Schema[] =>
  names.map((each) => ({ not: has(each) }));
const eitherOr = (one: string, other: string): Schema => ({ oneOf: [has(one), has(other)] });

const ratioMetric = record(
  {
    counter: { type: 'boolean' },
    good: metric,
    bad: metric,
    total: metric,
    rawType: { type: 'string' },
    raw: metric,
  },
  [],
  {
    description: "Write 'total' and either 'good' or 'bad'; or 'raw' and its 'rawType'.",
    oneOf: [
      { ...has('total'), allOf: [eitherOr('good', 'bad'), ...hasNone('raw')] },
      {
        required: ['raw', 'rawType'],
        properties: { raw: {}, rawType: { enum: ['success', 'failure'] } },
        allOf: hasNone('total', 'good', 'bad'),
      },
    ],
  },
);

const sliSpec = record({ description, thresholdMetric: metric, ratioMetric }, [], {
  description: "Write either 'thresholdMetric' or 'ratioMetric'.",
  ...eitherOr('thresholdMetric', 'ratioMetric'),
});

const inlineIndicator = record({ metadata, spec: sliSpec }, ['metadata', 'spec']);

/** `IANA zone` is checked beside the schema. */
const calendar = record(
  {
    startTime: {
      type: 'string',
      pattern: '^\\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01]) ([01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d$',
      description: "Write a local date and time, such as '2026-01-01 00:00:00'.",
    },
    timeZone: { type: 'string' },
  },
  ['startTime', 'timeZone'],
);

const timeWindow = record({ duration, isRolling: { type: 'boolean' }, calendar }, ['duration'], {
  description: "Write either 'isRolling: true' or a 'calendar'.",
  oneOf: [
    {
      required: ['isRolling'],
      properties: { isRolling: { const: true } },
      not: has('calendar'),
    },
    { required: ['calendar'], properties: { calendar: {}, isRolling: { const: false } } },
  ],
});

const objective = record(
  {
    displayName: { type: 'string' },
    op: { type: 'string' },
    value: { type: 'number' },
    target: { type: 'number', minimum: 0, exclusiveMaximum: 1 },
    targetPercent: { type: 'number', minimum: 0, exclusiveMaximum: 100 },
    timeSliceTarget: { type: 'number' },
    timeSliceWindow: { type: 'string', pattern: DECODABLE_DURATION },
    indicator: inlineIndicator,
    indicatorRef: name,
    compositeWeight: { type: 'number' },
  },
  [],
  {
    description: "Write either 'target' or 'targetPercent'.",
    ...eitherOr('target', 'targetPercent'),
  },
);

const NAMES = [
  'SLO',
  'SLI',
  'Service',
  'DataSource',
  'AlertPolicy',
  'AlertCondition',
  'AlertNotificationTarget',
] as const;

/** An entry that is a reference, or an object of that kind itself. */
function refOr(reference: string, kind: string, spec: Schema): Schema {
  return record({ [reference]: name, kind: { enum: NAMES, const: kind }, metadata, spec }, [], {
    if: has(reference),
    // biome-ignore lint/suspicious/noThenProperty: the keyword of JSON Schema
    then: { allOf: hasNone('kind', 'metadata', 'spec') },
    else: has('kind', 'metadata', 'spec'),
  });
}

const conditionSpec = record(
  {
    severity: text,
    description,
    condition: record(
      {
        kind: { const: 'burnrate' },
        op: operator,
        threshold: { type: 'number' },
        lookbackWindow: duration,
        alertAfter: duration,
      },
      ['kind', 'op', 'threshold', 'lookbackWindow'],
    ),
  },
  ['severity', 'condition'],
);

const targetSpec = record({ target: text, description }, ['target']);

const one = (items: Schema, more: Schema = {}): Schema => ({
  type: 'array',
  minItems: 1,
  items,
  ...more,
});

const policySpec = record(
  {
    description,
    alertWhenNoData: { type: 'boolean' },
    alertWhenResolved: { type: 'boolean' },
    alertWhenBreaching: { type: 'boolean' },
    conditions: one(refOr('conditionRef', 'AlertCondition', conditionSpec), { maxItems: 1 }),
    notificationTargets: one(refOr('targetRef', 'AlertNotificationTarget', targetSpec)),
  },
  ['conditions', 'notificationTargets'],
);

const objectives = (items: Schema): Schema => ({ properties: { objectives: { items } } });
const withMetric = (kind: string): Schema => ({
  required: ['indicator'],
  properties: {
    indicator: {
      required: ['spec'],
      properties: { spec: { required: [kind], properties: { [kind]: {} } } },
    },
  },
});
const when = (condition: Schema, then: Schema, otherwise: Schema = {}): Schema => ({
  if: condition,
  then,
  else: otherwise,
});

const sloSpec = record(
  {
    description,
    service: text,
    indicator: inlineIndicator,
    indicatorRef: name,
    budgetingMethod: { enum: ['Occurrences', 'Timeslices', 'RatioTimeslices'] },
    timeWindow: one(timeWindow, { maxItems: 1 }),
    objectives: { type: 'array', items: objective },
    alertPolicies: { type: 'array', items: refOr('alertPolicyRef', 'AlertPolicy', policySpec) },
  },
  ['service', 'budgetingMethod', 'timeWindow'],
  {
    allOf: [
      // A composite SLO has an indicator in each objective and none of its own.
      when(
        {
          required: ['objectives'],
          properties: {
            objectives: { contains: { anyOf: [has('indicator'), has('indicatorRef')] } },
          },
        },
        {
          allOf: hasNone('indicator', 'indicatorRef'),
          ...objectives({
            properties: { compositeWeight: { exclusiveMinimum: 0 } },
            ...eitherOr('indicator', 'indicatorRef'),
          }),
        },
        {
          description: "Write either 'indicator' or 'indicatorRef'.",
          ...eitherOr('indicator', 'indicatorRef'),
        },
      ),
      when(
        withMetric('ratioMetric'),
        objectives({
          description: "Remove 'op' and 'value': a ratio has neither.",
          properties: { op: { const: '' } },
          allOf: hasNone('value'),
        }),
      ),
      when(
        withMetric('thresholdMetric'),
        objectives({ required: ['op', 'value'], properties: { op: operator, value: {} } }),
      ),
      when(
        { properties: { budgetingMethod: { const: 'Timeslices' } } },
        objectives({
          required: ['timeSliceTarget', 'timeSliceWindow'],
          properties: {
            timeSliceTarget: { exclusiveMinimum: 0, maximum: 1 },
            timeSliceWindow: duration,
          },
        }),
      ),
      when(
        { properties: { budgetingMethod: { const: 'RatioTimeslices' } } },
        objectives({
          required: ['timeSliceWindow'],
          properties: { timeSliceWindow: duration },
        }),
      ),
    ],
  },
);

function kind(kindName: string, spec: Schema, isSpecRequired = true): Schema {
  return record(
    { apiVersion: { const: 'openslo/v1' }, kind: { const: kindName }, metadata, spec },
    ['apiVersion', 'kind', 'metadata', ...(isSpecRequired ? ['spec'] : [])],
  );
}

/** The JSON Schema of each kind of OpenSLO v1 document. */
export const OPENSLO_KINDS: Readonly<Record<string, Schema>> = {
  SLO: kind('SLO', sloSpec),
  SLI: kind('SLI', sliSpec),
  Service: kind('Service', record({ description }), false),
  DataSource: kind(
    'DataSource',
    record({ description, type: text, connectionDetails: {} }, ['type', 'connectionDetails']),
  ),
  AlertPolicy: kind('AlertPolicy', policySpec),
  AlertCondition: kind('AlertCondition', conditionSpec),
  AlertNotificationTarget: kind('AlertNotificationTarget', targetSpec),
};
