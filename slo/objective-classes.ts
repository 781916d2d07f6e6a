import type { TimeWindow } from '../core/window.ts';
import { type RowClass, ruleClasses } from './classes.ts';
import type { Goodness, Objective } from './definition.ts';
import { maintenanceClasses } from './maintenance-classes.ts';
import type { Compiling } from './objective-statement.ts';
import { column, compile, type Scope } from './predicate.ts';

/** A double larger than any finite one would be; NaN and infinity are not latencies. */
const LARGEST = '1.7976931348623157e308';

/** The classes of an objective, in the order in which a row is tried against them. */
export function classesOf(
  scope: Scope,
  objective: Objective,
  window: TimeWindow,
  options: Compiling = {},
): RowClass[] {
  const { good, weight, metricPath } = objective;
  const weightClass: RowClass[] = weight
    ? [
        {
          kind: 'unmeasurable',
          id: 'weight-invalid',
          reason: 'the sampling weight is missing, zero or negative',
          test: `(not coalesce(${column(scope, weight, [...metricPath, 'weight'], 'number')} > 0, false))`,
        },
      ]
    : [];
  return [
    ...maintenanceClasses(scope, objective, window, options),
    ...ruleClasses(scope, 'excluded', objective.exclude),
    ...ruleClasses(scope, 'unmeasurable', objective.unmeasurable),
    ...weightClass,
    ...(good.kind === 'latency'
      ? latencyClasses(scope, objective, good)
      : ratioClasses(scope, good)),
  ];
}

function ratioClasses(scope: Scope, good: Goodness & { kind: 'ratio' }): RowClass[] {
  const counted = compile(scope, good.condition);
  return outcome(good.counts === 'good' ? counted : `(not ${counted})`);
}

function latencyClasses(
  scope: Scope,
  { metricPath }: Objective,
  { field, op, threshold, badWhenMissing }: Goodness & { kind: 'latency' },
): RowClass[] {
  const value = column(scope, field, [...metricPath, 'value', 'field'], 'number');
  const limit = scope.binder.bind(threshold, 'Double');
  const isBad = badWhenMissing ? ` and not ${compile(scope, badWhenMissing)}` : '';
  return [
    {
      kind: 'unmeasurable',
      id: 'value-missing',
      reason: `${field} is not known`,
      test: `(${value} is null${isBad})`,
    },
    {
      kind: 'unmeasurable',
      id: 'value-invalid',
      reason: `${field} is negative or not a number`,
      test: `(${value} is not null and not (${value} >= 0 and ${value} <= ${LARGEST}))`,
    },
    ...outcome(`coalesce(${value} ${op === 'lt' ? '<' : '<='} ${limit}, false)`),
  ];
}

function outcome(isGood: string): RowClass[] {
  return [
    { kind: 'good', id: 'good', reason: '', test: isGood },
    { kind: 'bad', id: 'bad', reason: '', test: null },
  ];
}
