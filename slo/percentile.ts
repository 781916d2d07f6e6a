import type { Store } from '../store/store.ts';
import type { Objective } from './definition.ts';
import {
  type Compiling,
  compileObjective,
  type ObjectiveStatement,
  weightSql,
} from './objective-statement.ts';
import { run } from './slice-counts.ts';
import type { JudgedWindow } from './windows.ts';

export interface Percentile {
  readonly share: number;
  /** NULL: nothing was measured, or that rank is held by a row that failed without a value. */
  readonly value: number | null;
  readonly method: 'weighted nearest rank';
}

/** Of a row without a value: it counts as slower than any that has one. */
export const NO_VALUE = 1_000_000_000;

/**
 * The weighted nearest-rank percentile of the good and bad rows: the smallest value that at least
 * that share of the weight does not exceed. Rows are counted in buckets first, and only those of the
 * bucket that holds the rank are put in order. Of all of them, or of those for which the conditions `only` hold.
 */
export async function percentileValue(
  store: Store,
  objective: Objective,
  window: JudgedWindow,
  options: Compiling,
  only: readonly string[] = [],
): Promise<number | null> {
  const { good } = objective;
  if (good.kind !== 'latency') return null;
  const statement = await compileObjective(store, objective, window, options);
  const measured = measuredSql(statement, objective, good.field, { only });
  const buckets = await run(
    store,
    objective,
    `with measured as (
${measured}
)
select bucket, sum(weight) as weight from measured group by bucket order by bucket`,
    statement,
  );
  const weights = buckets.map((row) => ({
    bucket: Number(row['bucket']),
    weight: BigInt(row['weight'] as bigint | number),
  }));
  const found = bucketOfRank(weights, good.percentile);
  if (found === null || found.bucket === NO_VALUE) return null;
  const near = measuredSql(statement, objective, good.field, { only, bucket: found.bucket });
  const values = await run(
    store,
    objective,
    `with measured as (
${near}
)
select measured, sum(weight) as weight from measured where bucket = ${found.bucket}
group by measured order by measured`,
    statement,
  );
  let below = found.below;
  for (const row of values) {
    below += BigInt(row['weight'] as bigint | number);
    if (below >= found.needed) return Number(row['measured']);
  }
  throw new Error('the rows of a bucket are fewer than were counted');
}

interface Ranked {
  readonly bucket: number;
  /** The weight of all buckets before it. */
  readonly below: bigint;
  /** The rank: the least weight that is enough. */
  readonly needed: bigint;
}

export function bucketOfRank(
  buckets: readonly { readonly bucket: number; readonly weight: bigint }[],
  { num, den }: Objective['target'],
): Ranked | null {
  const total = buckets.reduce((sum, { weight }) => sum + weight, 0n);
  if (total === 0n) return null;
  // In integers: the smallest weight w with w * den >= total * num.
  const needed = (total * num + den - 1n) / den;
  let below = 0n;
  for (const { bucket, weight } of buckets) {
    if (below + weight >= needed) return { bucket, below, needed };
    below += weight;
  }
  return null;
}

/**
 * Good and bad rows with their value and its bucket; buckets are 2 % wide, and in order. Of one
 * bucket, rows well outside it are left out before anything else is asked of them.
 */
export function measuredSql(
  { classes, classified }: ObjectiveStatement,
  { weight }: Objective,
  field: string,
  {
    bucket: wanted,
    only = [],
    more = [],
  }: {
    readonly bucket?: number;
    readonly only?: readonly string[];
    readonly more?: readonly string[];
  } = {},
): string {
  const value = `cast("${field}" as double)`;
  const bucket = `case when ${value} is null then ${NO_VALUE} when ${value} < 1e-6 then -${NO_VALUE} else cast(floor(ln(${value}) * 50) as bigint) end`;
  const apart = classes.flatMap(({ kind, test }) =>
    kind === 'excluded' || kind === 'unmeasurable' ? [`not ${test}`] : [],
  );
  const near =
    wanted === undefined || wanted === -NO_VALUE
      ? []
      : [
          `${value} >= ${Math.exp((wanted - 1) / 50)}`,
          `${value} <= ${Math.exp((wanted + 2) / 50)}`,
        ];
  return classified(
    [
      `    ${weightSql(weight)} as weight`,
      `    ${value} as measured`,
      `    ${bucket} as bucket`,
      ...more,
    ],
    [...near, ...only, ...apart],
  );
}
