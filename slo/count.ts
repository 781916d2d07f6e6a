import type { Row, Store } from '../store/store.ts';
import type { RowClass } from './classes.ts';
import type { Objective } from './definition.ts';
import { run, type SliceCounts } from './slice-counts.ts';

/** Rows, and what they stand for: a sampled row counts for more than one. */
export interface Tally {
  readonly rows: bigint;
  readonly weight: bigint;
}

export interface RuleTally extends Tally {
  readonly id: string;
  readonly reason: string;
  readonly owner?: string | null | undefined;
  readonly ticket?: string | null | undefined;
  /** Of an exclusion: how much of it would have been bad. */
  readonly plainBad?: Tally;
}

export interface LookbackTally {
  readonly ms: number;
  readonly good: Tally;
  readonly bad: Tally;
}

/** The lookbacks as they were when rows were last seen. */
export interface LastSeen {
  readonly at: string;
  readonly lookbacks: readonly LookbackTally[];
}

/** Every row in scope of one window, each in exactly one class. */
export interface Counts {
  readonly inScope: Tally;
  readonly good: Tally;
  readonly bad: Tally;
  readonly excluded: readonly RuleTally[];
  readonly unmeasurable: readonly RuleTally[];
  readonly assumed: readonly RuleTally[];
  readonly withoutExclusions: {
    readonly good: Tally;
    readonly bad: Tally;
    readonly unmeasurable: Tally;
  };
  readonly lookbacks: readonly LookbackTally[];
  /** Where some lookback that alerts look at holds no rows. */
  readonly lastSeen?: LastSeen | null;
  /** Sum of the squared weights of good and bad rows, for the effective number of rows. */
  readonly squaredWeight: number;
}

export const NOTHING: Tally = { rows: 0n, weight: 0n };

/** Sums the pieces of a window and of its lookbacks, and checks that the classes add up. */
export async function countRows(
  store: Store,
  objective: Objective,
  counted: SliceCounts,
): Promise<Counts> {
  await run(store, objective, totalsSql(counted), counted.statement);
  const rows = await run(store, objective, sumsSql(counted, []), counted.statement);
  return tally(rows, objective, counted);
}

const CLASSES = ['class_no', 'plain_class_no', 'assumed'];

/** The pieces are summed once, by value and class, into a table that all figures are sums of. */
function totalsSql({ window, lookbacksMs }: Pick<SliceCounts, 'window' | 'lookbacksMs'>): string {
  const toMs = Date.parse(window.to);
  const since = (ms: number) => `piece_at_us >= ${ms * 1000}`;
  const inWindow = since(Date.parse(window.from));
  const all = ['value', ...CLASSES];
  const sums = (name: string, filter: string) => [
    `    coalesce(sum(piece_rows) filter (where ${filter}), 0) as ${name}_rows`,
    `    coalesce(sum(piece_weight) filter (where ${filter}), 0) as ${name}_weight`,
  ];
  const columns = [
    ...all.map((key) => `    ${key}`),
    ...sums('in_window', inWindow),
    `    coalesce(sum(squared_weight) filter (where ${inWindow}), 0) as squared_weight`,
    ...lookbacksMs.flatMap((ms, index) => sums(`lookback_${index}`, since(toMs - ms))),
  ];
  return `create or replace temp table value_totals as
select
${columns.join(',\n')}
from slice_counts
group by ${all.join(', ')}`;
}

/** Sums of the totals by class, and by whatever else of `relation` is named. */
export function sumsSql(
  { lookbacksMs }: Pick<SliceCounts, 'lookbacksMs'>,
  keys: readonly string[],
  relation = 'value_totals',
): string {
  const all = [...keys, ...CLASSES];
  const names = ['in_window', ...lookbacksMs.map((_, index) => `lookback_${index}`)];
  const columns = [
    ...all.map((key) => `    ${key}`),
    ...names.flatMap((name) => [
      `    sum(${name}_rows) as ${name}_rows`,
      `    sum(${name}_weight) as ${name}_weight`,
    ]),
    '    sum(squared_weight) as squared_weight',
  ];
  return `select
${columns.join(',\n')}
from ${relation}
group by ${all.join(', ')}
order by ${all.join(', ')}`;
}

/** The counts in the rows of a totals statement. */
export function tally(
  rows: readonly Row[],
  { assume }: Pick<Objective, 'assume'>,
  {
    statement,
    lookbacksMs,
  }: Pick<SliceCounts, 'lookbacksMs'> & {
    readonly statement: { readonly classes: readonly RowClass[] };
  },
): Counts {
  const { classes } = statement;
  const kindOf = (row: Row, key = 'class_no') => classes[Number(row[key])]?.kind;
  const ofKind = (kind: RowClass['kind'], key?: string) =>
    rows.filter((row) => kindOf(row, key) === kind);
  const measured = rows.filter((row) => ['good', 'bad'].includes(kindOf(row) ?? ''));
  const counts: Counts = {
    inScope: total(rows),
    good: total(ofKind('good')),
    bad: total(ofKind('bad')),
    excluded: byRule(classes, 'excluded', rows),
    unmeasurable: byRule(classes, 'unmeasurable', rows),
    assumed: assume.map(({ id, reason }, index) => ({
      id,
      reason,
      ...total(measured.filter((row) => (Number(row['assumed']) >> index) % 2 === 1)),
    })),
    withoutExclusions: {
      good: total(ofKind('good', 'plain_class_no')),
      bad: total(ofKind('bad', 'plain_class_no')),
      unmeasurable: total(ofKind('unmeasurable', 'plain_class_no')),
    },
    lookbacks: lookbacksMs.map((ms, index) => ({
      ms,
      good: total(ofKind('good'), `lookback_${index}`),
      bad: total(ofKind('bad'), `lookback_${index}`),
    })),
    squaredWeight: measured.reduce((sum, row) => sum + Number(row['squared_weight']), 0),
  };
  reconcile(counts);
  return counts;
}

function byRule(
  classes: readonly RowClass[],
  kind: RowClass['kind'],
  rows: readonly Row[],
): RuleTally[] {
  return classes.flatMap(({ kind: its, id, reason, owner, ticket }, index) => {
    if (its !== kind) return [];
    const those = rows.filter((row) => Number(row['class_no']) === index);
    const bad = those.filter((row) => classes[Number(row['plain_class_no'])]?.kind === 'bad');
    return [{ id, reason, owner, ticket, ...total(those), plainBad: total(bad) }];
  });
}

function total(rows: readonly Row[], name = 'in_window'): Tally {
  return sumOf(
    rows.map((row) => ({
      rows: whole(row[`${name}_rows`]),
      weight: whole(row[`${name}_weight`]),
    })),
  );
}

export function sumOf(tallies: readonly Tally[]): Tally {
  return tallies.reduce(
    (sum, each) => ({ rows: sum.rows + each.rows, weight: sum.weight + each.weight }),
    NOTHING,
  );
}

export function whole(value: Row[string] | undefined): bigint {
  return BigInt((value ?? 0) as number | bigint | string);
}

/** in scope = excluded + unmeasurable + good + bad, in rows and in weight; anything else is our bug. */
export function reconcile(counts: Counts): void {
  const { inScope, good, bad, excluded, unmeasurable, withoutExclusions: plain } = counts;
  const parts = [
    sumOf([good, bad, ...excluded, ...unmeasurable]),
    sumOf([plain.good, plain.bad, plain.unmeasurable]),
  ];
  for (const sum of parts) {
    if (sum.rows === inScope.rows && sum.weight === inScope.weight) continue;
    throw new Error(
      `the classes of an objective do not add up: ${sum.rows} rows of weight ${sum.weight} ` +
        `in classes, ${inScope.rows} of ${inScope.weight} in scope`,
    );
  }
}
