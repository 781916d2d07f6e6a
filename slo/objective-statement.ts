import type { TimeWindow } from '../core/window.ts';
import type { Store } from '../store/store.ts';
import { Binder } from './binder.ts';
import { LOOKBACKS_MS } from './burn-rules.ts';
import { classNumber, type RowClass } from './classes.ts';
import { describe, relationSql } from './columns.ts';
import type { Objective } from './definition.ts';
import { classesOf } from './objective-classes.ts';
import { type Cuts, NO_CUTS, pieceSql } from './pieces.ts';
import { column, compile, type Scope } from './predicate.ts';
import { findSource, initialsOf } from './sources.ts';

/** An objective compiled for the rows of some time: what its numbers mean, and its rows as a CTE. */
export interface ObjectiveStatement {
  readonly classes: readonly RowClass[];
  readonly scope: Scope;
  /** `select` of these columns of the rows in scope for which the conditions hold. */
  classified(columns: readonly string[], conditions?: readonly string[]): string;
  readonly binder: Binder;
}

export interface Compiling {
  /** Planned downtime that was declared too late counts as downtime all the same. */
  readonly allowRetroactive?: boolean;
}

/** Compiles an objective; every field it names is checked against the columns of its source. */
export async function compileObjective(
  store: Store,
  objective: Objective,
  { from, to }: TimeWindow,
  options: Compiling = {},
): Promise<ObjectiveStatement> {
  const source = findSource(objective.source);
  const binder = new Binder({ ...initialsOf(source), from_at: from, to_at: to });
  const columns = await describe(store, source, binder);
  const scope = { source: source.name, columns, binder, place: objective.indicatorPlace };
  const classes = classesOf(scope, objective, { from, to }, options);
  const relation = relationSql(source);
  return {
    classes,
    scope,
    binder,
    classified: (wanted, conditions = []) =>
      classifiedSql(scope, objective, relation, wanted, conditions),
  };
}

/** Compiles all that counting an objective would, so that a mistyped field shows without any rows. */
export async function checkObjective(
  store: Store,
  objective: Objective,
  window: TimeWindow,
): Promise<void> {
  const statement = await compileObjective(store, objective, window);
  statement.classified(countedColumns(statement, objective, NO_CUTS));
  const path = ['metadata', 'annotations', 'slo.mcp/dimensions'];
  const scope = { ...statement.scope, place: objective.place };
  for (const dimension of objective.dimensions) column(scope, dimension, path);
}

/** How far back burn rates look, in ascending order. */
export function lookbacksOf({
  burnRules,
  budgetRules,
}: Pick<Objective, 'burnRules' | 'budgetRules'>): number[] {
  const windows = [
    ...burnRules.flatMap(({ longMs, shortMs }) => [longMs, shortMs]),
    ...budgetRules.drops.map(({ lookbackMs }) => lookbackMs),
  ];
  return [...new Set([...LOOKBACKS_MS, ...windows])].sort((a, b) => a - b);
}

/** The columns of a row that are counted; an invalid weight has its own class, and counts as one. */
export function countedColumns(
  { classes, scope }: Pick<ObjectiveStatement, 'classes' | 'scope'>,
  { weight, assume, time, metricPath }: Objective,
  cuts: Cuts,
): string[] {
  const bits = assume.map(
    (rule, index) => `case when ${compile(scope, rule)} then ${2 ** index} else 0 end`,
  );
  return [
    `    ${pieceSql(column(scope, time, [...metricPath, 'time'], 'time'), cuts)} as piece_at_us`,
    `    ${weightSql(weight)} as weight`,
    `    ${codeSql(classNumber(classes), classNumber(classes, 'excluded'), bits)} as code`,
  ];
}

/** How many classes an objective may have. */
const RADIX = 1_024;

/** What a row counts as, in one number: grouping by one is cheaper than by three. */
function codeSql(classNo: string, plainClassNo: string, bits: readonly string[]): string {
  const assumed = bits.length === 0 ? '' : ` + (${bits.join(' + ')}) * ${RADIX * RADIX}`;
  return `${classNo} + ${plainClassNo} * ${RADIX}${assumed}`;
}

/** A code of its parts. */
export const CODE = `class_no + plain_class_no * ${RADIX} + assumed * ${RADIX * RADIX} as code`;

/** The parts of a code. */
export const CODE_PARTS: readonly string[] = [
  `code % ${RADIX} as class_no`,
  `x_div(code, ${RADIX}) % ${RADIX} as plain_class_no`,
  `x_div(code, ${RADIX * RADIX}) as assumed`,
];

export function weightSql(weight: string | null): string {
  return weight === null ? '1' : `case when "${weight}" > 0 then "${weight}" else 1 end`;
}

function classifiedSql(
  scope: Scope,
  { metricPath, time: timeName, scope: condition }: Objective,
  relation: string,
  columns: readonly string[],
  conditions: readonly string[],
): string {
  const time = column(scope, timeName, [...metricPath, 'time'], 'time');
  const inScope = condition ? `\n    and ${compile(scope, condition)}` : '';
  return `select
${columns.join(',\n')}
from ${relation}
where
    ${time} >= {from_at:Timestamp}
    and ${time} < {to_at:Timestamp}${inScope}${conditions.map((each) => `\n    and ${each}`).join('')}`;
}
