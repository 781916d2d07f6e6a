import type { Store } from '../store/store.ts';
import type { Objective } from './definition.ts';
import { type Compiling, compileObjective } from './objective-statement.ts';
import { measuredSql, NO_VALUE } from './percentile.ts';
import { run, valueSql } from './slice-counts.ts';
import type { JudgedWindow } from './windows.ts';

/** What one group of a breakdown is called by. */
export function groupKey(isOther: boolean, value: string): string {
  return `${isOther} ${value}`;
}

/**
 * The percentile of each group, from its own rows: buckets are counted for all groups at once, and of
 * each group only the rows of the bucket that holds its rank are put in order. NULL: that rank has no
 * value. Of the groups in `ranked_values`, beyond `most` of them the rest is one.
 */
export async function groupPercentiles(
  store: Store,
  objective: Objective,
  window: JudgedWindow,
  dimension: string,
  most: number,
  options: Compiling,
): Promise<ReadonlyMap<string, number | null>> {
  const { good } = objective;
  if (good.kind !== 'latency') return new Map();
  const statement = await compileObjective(store, objective, window, options);
  const value = `    ${valueSql(statement, dimension)} as value`;
  const grouped = `select
    measured.weight,
    measured.measured,
    measured.bucket,
    ranked.rank_no > ${most} as is_other,
    case when ranked.rank_no > ${most} then '(other)' else measured.value end as shown
from (
${measuredSql(statement, objective, good.field, { more: [value] })}
) as measured
inner join ranked_values as ranked on measured.value = ranked.value`;
  const { num, den } = good.percentile;
  const ask = (sql: string) => run(store, objective, sql, statement);
  await ask(`create or replace temp table group_buckets as
select is_other, shown, bucket, sum(weight) as weight
from (
${grouped}
) as grouped
group by is_other, shown, bucket`);
  await ask(`create or replace temp table group_ranks as
select is_other, shown, total, min(bucket) as bucket, min(below) as below
from (
    select
        is_other,
        shown,
        bucket,
        sum(weight) over (partition by is_other, shown) as total,
        sum(weight) over (partition by is_other, shown order by bucket) as up_to,
        sum(weight) over (partition by is_other, shown order by bucket) - weight as below
    from group_buckets
) as summed
where up_to * ${den} >= total * ${num}
group by is_other, shown, total`);
  const rows = await ask(`select is_other, shown, min(measured) as measured
from (
    select
        ranks.is_other,
        ranks.shown,
        near.measured,
        ranks.total,
        ranks.below + sum(near.weight) over (
            partition by ranks.is_other, ranks.shown order by near.measured
        ) as up_to
    from (
        select is_other, shown, bucket, measured, sum(weight) as weight
        from (
${grouped}
        ) as grouped
        where bucket <> ${NO_VALUE}
        group by is_other, shown, bucket, measured
    ) as near
    inner join group_ranks as ranks
        on near.is_other = ranks.is_other
        and near.shown = ranks.shown
        and near.bucket = ranks.bucket
) as ordered
where up_to * ${den} >= total * ${num}
group by is_other, shown`);
  return new Map(
    rows.map((row) => [
      groupKey(row['is_other'] === true, String(row['shown'])),
      Number(row['measured']),
    ]),
  );
}
