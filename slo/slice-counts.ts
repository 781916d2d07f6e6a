import type { TimeWindow } from '../core/window.ts';
import type { Row, Store } from '../store/store.ts';
import { textSql } from './columns.ts';
import type { Objective } from './definition.ts';
import { keptCounts, outside, wholeHours } from './kept-counts.ts';
import {
  CODE,
  CODE_PARTS,
  type Compiling,
  compileObjective,
  countedColumns,
  lookbacksOf,
  type ObjectiveStatement,
} from './objective-statement.ts';
import { type Cuts, cutsOf, GRAINS_US } from './pieces.ts';
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
  options: Counting = {},
): Promise<SliceCounts> {
  const lookbacksMs = lookbacksOf(objective);
  const toMs = Date.parse(window.to);
  const scanned = scannedBy(objective, window);
  const edges = [Date.parse(window.from), toMs, ...lookbacksMs.map((ms) => toMs - ms)];
  const cuts = cutsOf(edges, spansOf(objective, lookbacksMs));
  const statement = await compileObjective(store, objective, scanned, options);
  const isWeighted = await hasWeights(store, objective, scanned);
  const counted = { statement, window, scanned, lookbacksMs, cuts };
  const kept = await usable(store, objective, counted, dimension, options);
  const sql = `create or replace temp table counted_pieces as
${piecesSql(statement, objective, dimension, cuts, isWeighted, kept === null ? [] : [kept.rest])}${kept === null ? '' : `\nunion all\n${kept.sql}`}`;
  await run(store, objective, sql, statement);
  await store.script(
    `create or replace temp view slice_counts as\n${unpackedSql('counted_pieces')}`,
  );
  return counted;
}

export interface Counting extends Compiling {
  /** What decides the kept counts beside the definition; without it all rows are counted. */
  readonly inventory?: string;
}

/** From the start of the window, or of the longest lookback, to its end. */
export function scannedBy(objective: Objective, { from, to }: TimeWindow): TimeWindow {
  const longest = lookbacksOf(objective).at(-1) ?? 0;
  const fromMs = Math.min(Date.parse(from), Date.parse(to) - longest);
  return { from: new Date(fromMs).toISOString(), to };
}

/** More pieces of time than this beside what is kept, and counting everything is the simpler thing. */
const MOST_RANGES = 50;

/** The kept counts of a window, and which rows are left to count. NULL: all of them. */
async function usable(
  store: Store,
  objective: Objective,
  { scanned, cuts, statement }: SliceCounts,
  dimension: string | null,
  options: Counting,
): Promise<{ readonly sql: string; readonly rest: string } | null> {
  if (options.inventory === undefined || cuts.grainUs !== GRAINS_US[0]) return null;
  const kept = await keptCounts(store, objective, options.inventory, options);
  if (kept === null || (dimension !== null && dimension !== kept.dimension)) return null;
  const { first, end } = wholeHours(scanned);
  const cut = new Set(
    cuts.slices.map((slice) => Math.floor((slice * cuts.grainUs) / 3_600_000_000)),
  );
  const hours = new Set(
    [...kept.fresh].filter((hour) => hour >= first && hour < end && !cut.has(hour)),
  );
  const ranges = outside(hours, scanned);
  if (hours.size === 0 || ranges.length > MOST_RANGES) return null;
  const time = column(statement.scope, objective.time, [], 'time');
  const at = (ms: number) => statement.binder.bind(new Date(ms).toISOString(), 'Timestamp');
  const within = ranges.map(
    ({ fromMs, toMs }) => `${time} >= ${at(fromMs)} and ${time} < ${at(toMs)}`,
  );
  return {
    sql: keptSql(statement.binder.bind(kept.key, 'Varchar'), spansOfHours(hours), dimension),
    rest: within.length === 0 ? 'false' : `(${within.map((each) => `(${each})`).join(' or ')})`,
  };
}

function keptSql(
  key: string,
  spans: readonly (readonly [number, number])[],
  dimension: string | null,
): string {
  const inHours = spans.map(([first, last]) => `hour_no between ${first} and ${last}`);
  const rows = `from kept_slice_counts
where counts_key = ${key} and (${inHours.join(' or ')})`;
  if (dimension !== null) {
    return `select piece_at_us, value, ${CODE}, piece_rows, piece_weight, squared_weight
${rows}`;
  }
  return `select piece_at_us, '' as value, ${CODE}, sum(piece_rows), sum(piece_weight), sum(squared_weight)
${rows}
group by piece_at_us, code`;
}

/** Hours that follow one another, as first and last. */
function spansOfHours(hours: ReadonlySet<number>): [number, number][] {
  const spans: [number, number][] = [];
  for (const hour of [...hours].sort((a, b) => a - b)) {
    const last = spans.at(-1);
    if (last && last[1] === hour - 1) last[1] = hour;
    else spans.push([hour, hour]);
  }
  return spans;
}

/** Whether any row may stand for other than one: where none does, counting rows is all there is to do. */
export async function hasWeights(
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

/** Rows counted by piece, value and code: what `unpackedSql` makes classes of. */
function piecesSql(
  statement: ObjectiveStatement,
  objective: Objective,
  dimension: string | null,
  cuts: Cuts,
  isWeighted: boolean,
  conditions: readonly string[] = [],
): string {
  const columns = [
    ...countedColumns(statement, objective, cuts),
    `    ${valueSql(statement, dimension)} as value`,
  ];
  // Where no row stands for more than itself, its weight is nothing to carry along.
  const sums = isWeighted
    ? 'sum(weight) as piece_weight, sum(cast(weight as double) * weight) as squared_weight'
    : 'cast(null as bigint) as piece_weight, cast(null as double) as squared_weight';
  return `select piece_at_us, value, cast(code as bigint) as code, cast(count(*) as bigint) as piece_rows, ${sums}
from (
${statement.classified(columns, conditions)}
) as classified
group by piece_at_us, value, code`;
}

/** Pieces with the class of their rows, and with a weight. */
function unpackedSql(relation: string): string {
  return `select
    piece_at_us,
    value,
    ${CODE_PARTS.join(',\n    ')},
    piece_rows,
    coalesce(piece_weight, piece_rows) as piece_weight,
    coalesce(squared_weight, cast(piece_rows as double)) as squared_weight
from ${relation}`;
}

export function countingSql(
  statement: ObjectiveStatement,
  objective: Objective,
  dimension: string | null,
  cuts: Cuts,
  isWeighted: boolean,
): string {
  const pieces = piecesSql(statement, objective, dimension, cuts, isWeighted);
  return unpackedSql(`(\n${pieces}\n) as counted`);
}

/** The value of a dimension as text; a column that the source does not have is nobody's. */
export function valueSql(
  { scope }: Pick<ObjectiveStatement, 'scope'>,
  dimension: string | null,
): string {
  if (dimension === null || !scope.columns.has(dimension)) return "''";
  const text = textSql(column(scope, dimension, []), scope.columns.get(dimension));
  return `coalesce(${text}, '${UNKNOWN}')`;
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
