import type { TimeWindow } from '../core/window.ts';
import type { Store } from '../store/store.ts';
import { Binder } from './binder.ts';
import { LOOKBACKS_MS } from './burn-rules.ts';
import { classNumber, type RowClass } from './classes.ts';
import { type Columns, describe, relationSql } from './columns.ts';
import type { Goodness, Objective } from './definition.ts';
import { classesOf } from './objective-classes.ts';
import { column, compile, type Scope } from './predicate.ts';
import { findSource, initialsOf } from './sources.ts';

/** An objective compiled for one window: the statements, what they bind, what their numbers mean. */
export interface ObjectiveStatement {
  readonly classes: readonly RowClass[];
  readonly lookbacksMs: readonly number[];
  readonly countSql: string;
  /** NULL where no value is measured. */
  readonly percentileSql: string | null;
  readonly binder: Binder;
}

/** Compiles an objective; every field it names is checked against the columns of its source. */
export async function compileObjective(
  store: Store,
  objective: Objective,
  window: TimeWindow,
): Promise<ObjectiveStatement> {
  const lookbacksMs = lookbacksOf(objective);
  const to = Date.parse(window.to);
  const longest = Math.max(objective.windowMs, ...lookbacksMs);
  const source = findSource(objective.source);
  const binder = new Binder({
    ...initialsOf(source),
    from_at: window.from,
    to_at: window.to,
    scan_from: new Date(to - longest).toISOString(),
  });
  const columns: Columns = await describe(store, source, binder);
  const scope = { source: source.name, columns, binder, place: objective.indicatorPlace };
  const classes = classesOf(scope, objective);
  const classified = classifiedSql(scope, objective, classes, relationSql(source));
  const since = lookbacksMs.map((ms) => binder.bind(new Date(to - ms).toISOString(), 'Timestamp'));
  return {
    classes,
    lookbacksMs,
    countSql: countSql(classified, objective.assume.length, since),
    percentileSql: percentileSql(classified, classes, objective.good, binder),
    binder,
  };
}

function lookbacksOf({ burnRules }: Objective): number[] {
  const windows = burnRules.flatMap(({ longMs, shortMs }) => [longMs, shortMs]);
  return [...new Set([...LOOKBACKS_MS, ...windows])].sort((a, b) => a - b);
}

/** Every row in scope with its class, and with the class it would have without exclusions. */
function classifiedSql(
  scope: Scope,
  objective: Objective,
  classes: readonly RowClass[],
  relation: string,
): string {
  const { metricPath, good, weight } = objective;
  const time = column(scope, objective.time, [...metricPath, 'time'], 'time');
  const measured = good.kind === 'latency' ? `cast("${good.field}" as double)` : 'null';
  const assumptions = objective.assume.map(
    (rule, index) => `    ${compile(scope, rule)} as assumption_${index}`,
  );
  const columns = [
    // An invalid weight has its own class; there it counts as one row.
    `    ${weight ? `case when "${weight}" > 0 then "${weight}" else 1 end` : '1'} as weight`,
    `    ${time} as occurred_at`,
    `    ${measured} as measured`,
    `    ${classNumber(classes)} as class_no`,
    `    ${classNumber(classes, 'excluded')} as plain_class_no`,
    ...assumptions,
  ];
  const inScope = objective.scope ? `\n    and ${compile(scope, objective.scope)}` : '';
  return `with classified as (
select
${columns.join(',\n')}
from ${relation}
where
    ${time} >= {scan_from:Timestamp}
    and ${time} < {to_at:Timestamp}${inScope}
)`;
}

function countSql(classified: string, assumptions: number, since: readonly string[]): string {
  const inWindow = 'occurred_at >= {from_at:Timestamp}';
  const assumed = Array.from({ length: assumptions }, (_, index) => [
    `    count(*) filter (where ${inWindow} and assumption_${index}) as assumed_rows_${index}`,
    `    coalesce(sum(weight) filter (where ${inWindow} and assumption_${index}), 0) as assumed_weight_${index}`,
  ]).flat();
  const lookbacks = since.flatMap((from, index) => [
    `    count(*) filter (where occurred_at >= ${from}) as lookback_rows_${index}`,
    `    coalesce(sum(weight) filter (where occurred_at >= ${from}), 0) as lookback_weight_${index}`,
  ]);
  const columns = [
    '    class_no',
    '    plain_class_no',
    `    count(*) filter (where ${inWindow}) as in_window_rows`,
    `    coalesce(sum(weight) filter (where ${inWindow}), 0) as in_window_weight`,
    `    coalesce(sum(cast(weight as double) * weight) filter (where ${inWindow}), 0) as squared_weight`,
    // Counted apart from the classes, so that the classes can be held against it.
    `    (select count(*) from classified where ${inWindow}) as scope_rows`,
    `    (select coalesce(sum(weight), 0) from classified where ${inWindow}) as scope_weight`,
    ...assumed,
    ...lookbacks,
  ];
  return `${classified}
select
${columns.join(',\n')}
from classified
group by class_no, plain_class_no
order by class_no, plain_class_no`;
}

/**
 * The weighted nearest-rank percentile: the smallest value that at least that share of the weight
 * does not exceed. A bad row without a value is slower than any that has one.
 */
function percentileSql(
  classified: string,
  classes: readonly RowClass[],
  good: Goodness,
  binder: Binder,
): string | null {
  if (good.kind !== 'latency') return null;
  const { num, den } = good.percentile;
  const goodClass = classes.findIndex(({ kind }) => kind === 'good');
  return `${classified},
weighted as (
select measured, sum(weight) as weight
from classified
where occurred_at >= {from_at:Timestamp} and class_no >= ${goodClass}
group by measured
),
ranked as (
select
    measured,
    sum(weight) over (
        order by case when measured is null then 1 else 0 end, measured
        rows between unbounded preceding and current row
    ) as weight_up_to,
    sum(weight) over () as weight_of_all
from weighted
)
select min(measured) as value
from ranked
where weight_up_to * ${binder.bind(Number(den), 'Bigint')} >= weight_of_all * ${binder.bind(Number(num), 'Bigint')}`;
}
