import { definitions, policyAnnotations, sliSpec } from './metric.ts';
import {
  countText,
  description,
  document,
  duration,
  metadata,
  name,
  record,
  type Schema,
  shareText,
  shortDuration,
} from './shared.ts';

const inlineIndicator = record({ metadata: metadata(), spec: sliSpec }, ['metadata', 'spec']);

const objective = record({
  displayName: { type: 'string' },
  op: { enum: ['lt', 'lte', 'gt', 'gte'] },
  value: { type: 'number' },
  target: { type: 'number' },
  targetPercent: { type: 'number' },
  timeSliceTarget: { type: 'number' },
  timeSliceWindow: duration,
  indicator: inlineIndicator,
  indicatorRef: name,
  compositeWeight: { type: 'number' },
});

const timeWindow = record(
  {
    duration,
    isRolling: { type: 'boolean' },
    calendar: record({ startTime: { type: 'string' }, timeZone: { type: 'string' } }, [
      'startTime',
      'timeZone',
    ]),
  },
  ['duration'],
);

const conditionSpec = record(
  {
    severity: { type: 'string', minLength: 1 },
    description,
    condition: record(
      {
        kind: { const: 'burnrate' },
        op: { enum: ['gt', 'gte'] },
        threshold: { type: 'number', exclusiveMinimum: 0 },
        lookbackWindow: duration,
        alertAfter: { type: 'string', pattern: '^[0-9]+[mhdw]$' },
      },
      ['kind', 'op', 'threshold', 'lookbackWindow'],
    ),
  },
  ['severity', 'condition'],
);

const targetSpec = record({ target: { type: 'string', minLength: 1 }, description }, ['target']);

const policySpec = record(
  {
    description,
    alertWhenNoData: { type: 'boolean' },
    alertWhenResolved: { type: 'boolean' },
    alertWhenBreaching: { type: 'boolean' },
    conditions: {
      type: 'array',
      minItems: 1,
      maxItems: 1,
      items: record({
        conditionRef: name,
        kind: { const: 'AlertCondition' },
        metadata: metadata(),
        spec: conditionSpec,
      }),
    },
    notificationTargets: {
      type: 'array',
      minItems: 1,
      items: record({
        targetRef: name,
        kind: { const: 'AlertNotificationTarget' },
        metadata: metadata(),
        spec: targetSpec,
      }),
    },
  },
  ['conditions', 'notificationTargets'],
);

const sloSpec = record(
  {
    description,
    service: { type: 'string', minLength: 1 },
    indicator: inlineIndicator,
    indicatorRef: name,
    budgetingMethod: { enum: ['Occurrences', 'Timeslices', 'RatioTimeslices'] },
    timeWindow: { type: 'array', minItems: 1, maxItems: 1, items: timeWindow },
    objectives: { type: 'array', minItems: 1, items: objective },
    alertPolicies: {
      type: 'array',
      items: record({
        alertPolicyRef: name,
        kind: { const: 'AlertPolicy' },
        metadata: metadata(policyAnnotations),
        spec: policySpec,
      }),
    },
  },
  ['service', 'budgetingMethod', 'timeWindow', 'objectives'],
);

const text: Schema = { type: 'string', minLength: 1 };
const columnList: Schema = {
  type: 'string',
  pattern: '^[a-z_][a-z0-9_]*(,[a-z_][a-z0-9_]*)*$',
  description: "Write names of columns with commas between them, such as 'agent_id,tool_name'.",
};

const sloAnnotations: Readonly<Record<string, Schema>> = {
  'slo.mcp/objective-type': { enum: ['ratio', 'threshold-latency', 'percentile', 'zero-count'] },
  'slo.mcp/min-events': countText,
  'slo.mcp/min-bad-events': countText,
  'slo.mcp/confidence': { enum: ['0.9', '0.95', '0.99'] },
  'slo.mcp/slice': shortDuration,
  'slo.mcp/min-coverage': shareText,
  'slo.mcp/sampling': { enum: ['weighted', 'none', 'forbidden'] },
  'slo.mcp/evaluate': { enum: ['current', 'any-in-window'] },
  'slo.mcp/on-inconclusive': { enum: ['fail', 'warn', 'pass'] },
  'slo.mcp/on-no-exposure': { enum: ['met', 'inconclusive'] },
  'slo.mcp/percentile': shareText,
  'slo.mcp/verdict': { enum: ['point', 'confident'] },
  'slo.mcp/maintenance': { enum: ['exclude', 'include'] },
  'slo.mcp/budget-basis': { enum: ['observed', 'projected'] },
  'slo.mcp/ingestion-delay': shortDuration,
  'slo.mcp/burn-policy': { enum: ['workbook-30d', 'workbook-28d', 'none'] },
  'slo.mcp/budget-alerts': {
    type: 'string',
    pattern: '^(none|[0-9]+(\\.[0-9]+)?%(,[0-9]+(\\.[0-9]+)?%)*)$',
    description: "Write shares of the budget, such as '50%,90%', or 'none'.",
  },
  'slo.mcp/exhaustion-alert': shortDuration,
  'slo.mcp/budget-drop-alerts': {
    type: 'string',
    pattern: '^[0-9]+(\\.[0-9]+)?% in [0-9]+[mhdw](,[0-9]+(\\.[0-9]+)?% in [0-9]+[mhdw])*$',
    description: "Write how much of the budget may go how fast, such as '5% in 1h,10% in 24h'.",
  },
  'slo.mcp/dimensions': columnList,
  'slo.mcp/owner': text,
  'slo.mcp/runbook': text,
  'slo.mcp/source': text,
};

const withPredicates = { $defs: definitions };

/** The JSON Schema of each kind of document that a definition file may hold. */
export const KINDS: Readonly<Record<string, Schema>> = {
  SLO: { ...document('SLO', sloSpec, sloAnnotations), ...withPredicates },
  SLI: { ...document('SLI', sliSpec), ...withPredicates },
  Service: document('Service', record({ description }), {}, ['apiVersion', 'kind', 'metadata']),
  DataSource: document(
    'DataSource',
    record({ description, type: text, connectionDetails: {} }, ['type', 'connectionDetails']),
  ),
  AlertPolicy: document('AlertPolicy', policySpec, policyAnnotations),
  AlertCondition: document('AlertCondition', conditionSpec),
  AlertNotificationTarget: document('AlertNotificationTarget', targetSpec),
};
