import type { Row, Store } from '../store/store.ts';
import type { RowClass } from './classes.ts';
import type { Objective } from './definition.ts';
import type { ObjectiveStatement } from './objective-statement.ts';

/** Rows, and what they stand for: a sampled row counts for more than one. */
export interface Tally {
  readonly rows: bigint;
  readonly weight: bigint;
}

export interface RuleTally extends Tally {
  readonly id: string;
  readonly reason: string;
}

export interface LookbackTally {
  readonly ms: number;
  readonly good: Tally;
  readonly bad: Tally;
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
  /** Sum of the squared weights of good and bad rows, for the effective number of rows. */
  readonly squaredWeight: number;
}

export const NOTHING: Tally = { rows: 0n, weight: 0n };

/** Runs the counting statement of an objective and checks that its classes add up. */
export async function countRows(
  store: Store,
  objective: Objective,
  statement: ObjectiveStatement,
): Promise<Counts> {
  const rows = await store.query(
    { path: `slo ${objective.slo}`, sql: statement.countSql, header: {}, params: [], columns: [] },
    statement.binder.params,
  );
  return tally(rows, objective, statement);
}

/** The counts in the rows of the counting statement. */
export function tally(
  rows: readonly Row[],
  { assume }: Pick<Objective, 'assume'>,
  { classes, lookbacksMs }: Pick<ObjectiveStatement, 'classes' | 'lookbacksMs'>,
): Counts {
  const kindOf = (row: Row, key = 'class_no') => classes[Number(row[key])]?.kind;
  const ofKind = (kind: RowClass['kind'], key?: string) =>
    rows.filter((row) => kindOf(row, key) === kind);
  const measured = rows.filter((row) => ['good', 'bad'].includes(kindOf(row) ?? ''));
  const counts: Counts = {
    inScope: { rows: whole(rows[0]?.['scope_rows']), weight: whole(rows[0]?.['scope_weight']) },
    good: total(ofKind('good')),
    bad: total(ofKind('bad')),
    excluded: byRule(classes, 'excluded', rows),
    unmeasurable: byRule(classes, 'unmeasurable', rows),
    assumed: assume.map(({ id, reason }, index) => ({
      id,
      reason,
      ...total(measured, `assumed_rows_${index}`, `assumed_weight_${index}`),
    })),
    withoutExclusions: {
      good: total(ofKind('good', 'plain_class_no')),
      bad: total(ofKind('bad', 'plain_class_no')),
      unmeasurable: total(ofKind('unmeasurable', 'plain_class_no')),
    },
    lookbacks: lookbacksMs.map((ms, index) => ({
      ms,
      good: total(ofKind('good'), `lookback_rows_${index}`, `lookback_weight_${index}`),
      bad: total(ofKind('bad'), `lookback_rows_${index}`, `lookback_weight_${index}`),
    })),
    squaredWeight: measured.reduce((sum, row) => sum + Number(row['squared_weight']), 0),
  };
  reconcile(counts);
  return counts;
}

function byRule(classes: readonly RowClass[], kind: RowClass['kind'], rows: readonly Row[]) {
  return classes.flatMap((each, index) =>
    each.kind === kind
      ? [
          {
            id: each.id,
            reason: each.reason,
            ...total(rows.filter((row) => Number(row['class_no']) === index)),
          },
        ]
      : [],
  );
}

function total(
  rows: readonly Row[],
  rowsKey = 'in_window_rows',
  weightKey = 'in_window_weight',
): Tally {
  return sumOf(rows.map((row) => ({ rows: whole(row[rowsKey]), weight: whole(row[weightKey]) })));
}

export function sumOf(tallies: readonly Tally[]): Tally {
  return tallies.reduce(
    (sum, each) => ({ rows: sum.rows + each.rows, weight: sum.weight + each.weight }),
    NOTHING,
  );
}

function whole(value: Row[string] | undefined): bigint {
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
