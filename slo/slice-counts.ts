import type { TimeWindow } from '../core/window.ts';
import type { Row, Store } from '../store/store.ts';
import type { Objective } from './definition.ts';
import {
  CODE_PARTS,
  type Compiling,
  compileObjective,
  countedColumns,
  lookbacksOf,
  type ObjectiveStatement,
} from './objective-statement.ts';
import { type Cuts, cutsOf } from './pieces.ts';
import { column } from './predicate.ts';
import { findSource } from './sources.ts';
import type { JudgedWindow } from './windows.ts';

/**
 * The rows of one objective, counted by piece of time, class, and value of one dimension, in the
 * temporary table `slice_counts`. Everything that a verdict needs is a sum over it.
 */
export interface SliceCounts {
  readonly statement: ObjectiveStatement;
  readonly window: JudgedWindow;
  /** From the earliest lookback or the start of the window to its end. */
  readonly scanned: TimeWindow;
  readonly lookbacksMs: readonly number[];
  readonly cuts: Cuts;
}

/** The columns that rows may be grouped by. */
export const DIMENSIONS: readonly string[] = [
  'agent_id',
  'tool_name',
  'server_id',
  'tool_class',
  'environment',
  'cost_center',
];

/** What stands for a value that is missing; it is a group like any other. */
export const UNKNOWN = '(unknown)';

/** Counts the rows of an objective once, however many figures are asked for. */
export async function countSlices(
  store: Store,
  objective: Objective,
  window: JudgedWindow,
  dimension: string | null,
  options: Compiling = {},
): Promise<SliceCounts> {
  const lookbacksMs = lookbacksOf(objective);
  const toMs = Date.parse(window.to);
  const fromMs = Math.min(Date.parse(window.from), toMs - (lookbacksMs.at(-1) ?? 0));
  const scanned = { from: new Date(fromMs).toISOString(), to: window.to };
  const edges = [Date.parse(window.from), toMs, ...lookbacksMs.map((ms) => toMs - ms)];
  const cuts = cutsOf(edges, spansOf(objective, lookbacksMs));
  const statement = await compileObjective(store, objective, scanned, options);
  const isWeighted = await hasWeights(store, objective, scanned);
  const sql = `create or replace temp table slice_counts as
${countingSql(statement, objective, dimension, cuts, isWeighted)}`;
  await run(store, objective, sql, statement);
  return { statement, window, scanned, lookbacksMs, cuts };
}

/** Whether any row may stand for other than one: where none does, counting rows is all there is to do. */
async function hasWeights(
  store: Store,
  { weight, source }: Objective,
  { from, to }: TimeWindow,
): Promise<boolean> {
  const { rowsOf, time } = findSource(source);
  if (weight === null) return false;
  if (rowsOf === null || time === null) return true;
  const sql = `select count(*) as weighted from ${rowsOf}
where "${time}" >= {from_at:Timestamp} and "${time}" < {to_at:Timestamp} and not coalesce("${weight}" = 1, false)`;
  const file = { path: `weights of ${source}`, sql, header: {}, params: [], columns: [] };
  const [row] = await store.query<{ weighted: number }>(file, { from_at: from, to_at: to });
  return Number(row?.weighted ?? 0) > 0;
}

function spansOf({ windowRule, windowMs, timeslice }: Objective, lookbacksMs: readonly number[]) {
  const rolling = windowRule.kind === 'rolling' ? [windowMs] : [];
  return [...rolling, ...lookbacksMs, ...(timeslice ? [timeslice.ms] : [])];
}

export function countingSql(
  statement: ObjectiveStatement,
  objective: Objective,
  dimension: string | null,
  cuts: Cuts,
  isWeighted: boolean,
): string {
  const columns = [
    ...countedColumns(statement, objective, cuts),
    `    ${valueSql(statement, dimension)} as value`,
  ];
  const sums = `,
        sum(weight) as piece_weight,
        sum(cast(weight as double) * weight) as squared_weight`;
  return `with classified as (
${statement.classified(columns)}
)
select
    piece_at_us,
    value,
    ${CODE_PARTS.join(',\n    ')},
    piece_rows,
    ${isWeighted ? 'piece_weight' : 'piece_rows as piece_weight'},
    ${isWeighted ? 'squared_weight' : 'cast(piece_rows as double) as squared_weight'}
from (
    select
        piece_at_us,
        value,
        code,
        count(*) as piece_rows${isWeighted ? sums : ''}
    from classified
    group by piece_at_us, value, code
) as counted`;
}

/** The value of a dimension as text; a column that the source does not have is nobody's. */
function valueSql({ scope }: ObjectiveStatement, dimension: string | null): string {
  if (dimension === null || !scope.columns.has(dimension)) return "''";
  return `coalesce(x_text(${column(scope, dimension, [])}), '${UNKNOWN}')`;
}

export async function run(
  store: Store,
  { slo }: Pick<Objective, 'slo'>,
  sql: string,
  { binder }: Pick<ObjectiveStatement, 'binder'>,
): Promise<Row[]> {
  const file = { path: `slo ${slo}`, sql, header: {}, params: [], columns: [] };
  return store.query(file, binder.params);
}
