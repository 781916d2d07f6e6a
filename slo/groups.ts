import type { Store } from '../store/store.ts';
import { lookbackBurns } from './burn.ts';
import { type Counts, sumsSql, tally, whole } from './count.ts';
import type { Objective } from './definition.ts';
import { groupKey, groupPercentiles } from './group-percentiles.ts';
import type { Breakdown, Group } from './judgement.ts';
import type { Compiling } from './objective-statement.ts';
import { effectiveOf, intervalOf, judgeGroup, levelsOf, percent } from './objective-verdict.ts';
import { multiply, ONE, rational, subtract, toCount, toNumber } from './rational.ts';
import { run, type SliceCounts } from './slice-counts.ts';
import { vanishedGroups } from './vanished-groups.ts';

/** Beyond so many values the rest is one group: still counted, never dropped. */
export const MOST_GROUPS = 1_000;

/** A slice holds rows of several groups, so that none has slices of its own to be judged by. */
const UNJUDGED = {
  state: null,
  reason: 'The promise is about slices of time: rows are counted, and not judged.',
};

export interface Detailed extends Compiling {
  /** Also what takes another look at the rows: facts, percentiles of groups, and who is gone. */
  readonly details?: boolean;
}

/**
 * An objective by the values of a column. Figures are worked out from the rows of each group, never
 * from those of others, and the groups add up to the whole.
 */
export async function breakdownOf(
  store: Store,
  objective: Objective,
  counted: SliceCounts,
  whole_: Counts,
  dimension: string,
  { details = false, ...options }: Detailed = {},
): Promise<Breakdown> {
  const values = await rankValues(store, objective, counted);
  const rows = await run(store, objective, groupedSql(counted), counted.statement);
  const byGroup = Map.groupBy(rows, (row) => `${row['is_other']} ${row['shown']}`);
  const counts = [...byGroup.values()].map((those) => ({
    isOther: Boolean(those[0]?.['is_other']),
    value: String(those[0]?.['shown']),
    counts: tally(those, objective, counted),
  }));
  ensureSum(
    counts.map((each) => each.counts),
    whole_,
  );
  const { window } = counted;
  const percentiles = details
    ? await groupPercentiles(store, objective, window, dimension, MOST_GROUPS, options)
    : new Map<string, number>();
  const groups = counts
    .map((each) => ({
      ...groupOf(each.value, each.counts, whole_, objective),
      isOther: each.isOther,
      percentile: percentiles.get(groupKey(each.isOther, each.value)) ?? null,
    }))
    .sort(worstFirst);
  const vanished = details
    ? await vanishedGroups(store, objective, window, dimension, MOST_GROUPS)
    : null;
  return { dimension, values, isTruncated: values > MOST_GROUPS, groups, vanished };
}

/** The values with most bad rows, then most rows, get a group of their own. Returns how many values there are. */
async function rankValues(
  store: Store,
  objective: Objective,
  { statement }: SliceCounts,
): Promise<number> {
  const bad = statement.classes.findIndex(({ kind }) => kind === 'bad');
  const sql = `create or replace temp table ranked_values as
select
    value,
    row_number() over (order by bad desc, in_scope desc, value) as rank_no
from (
    select
        value,
        coalesce(sum(in_window_weight) filter (where class_no = ${bad}), 0) as bad,
        coalesce(sum(in_window_weight), 0) as in_scope
    from value_totals
    group by value
) as summed`;
  await run(store, objective, sql, statement);
  const count = 'select count(*) as value_count from ranked_values';
  const [row] = await run(store, objective, count, statement);
  return Number(whole(row?.['value_count']));
}

function groupedSql(counted: SliceCounts): string {
  const shown = `(
    select
        totals.*,
        ranked.rank_no > ${MOST_GROUPS} as is_other,
        case when ranked.rank_no > ${MOST_GROUPS} then '(other)' else totals.value end as shown
    from value_totals as totals
    inner join ranked_values as ranked on totals.value = ranked.value
) as shown_totals`;
  return sumsSql(counted, ['is_other', 'shown'], shown);
}

function ensureSum(parts: readonly Counts[], whole_: Counts): void {
  for (const kind of ['inScope', 'good', 'bad'] as const) {
    const weight = parts.reduce((sum, each) => sum + each[kind].weight, 0n);
    if (weight === whole_[kind].weight) continue;
    throw new Error(
      `the groups of an objective do not add up: ${weight} of ${whole_[kind].weight} ${kind}`,
    );
  }
}

function groupOf(
  value: string,
  counts: Counts,
  whole_: Counts,
  objective: Objective,
): Omit<Group, 'isOther' | 'percentile'> {
  const levels = levelsOf(counts);
  const { target, confidence, timeslice } = objective;
  const isSliced = timeslice !== null;
  const allowed = multiply(
    subtract(ONE, target),
    rational(whole_.good.weight + whole_.bad.weight, 1n),
  );
  const share = (part: bigint, of: { num: bigint; den: bigint }) =>
    of.num === 0n ? null : toNumber(rational(part * of.den, of.num));
  const interval = levels && intervalOf(counts, objective);
  return {
    value,
    ...(isSliced ? UNJUDGED : judgeGroup(counts, objective)),
    inScope: toCount(counts.inScope.weight),
    good: toCount(counts.good.weight),
    bad: toCount(counts.bad.weight),
    goodRatio: levels && toNumber(levels.point),
    goodText: levels && percent(levels.point),
    interval: interval && { ...interval, confidence },
    effectiveEvents: effectiveOf(counts),
    shareOfBad: share(counts.bad.weight, rational(whole_.bad.weight, 1n)),
    shareOfBudget: isSliced ? null : share(counts.bad.weight, allowed),
    lookbacks: isSliced ? [] : lookbackBurns(counts.lookbacks, target),
  };
}

function worstFirst(a: Group, b: Group): number {
  if (a.isOther !== b.isOther) return a.isOther ? 1 : -1;
  const difference = BigInt(b.bad) - BigInt(a.bad) || BigInt(b.inScope) - BigInt(a.inScope);
  if (difference !== 0n) return difference > 0n ? 1 : -1;
  return a.value < b.value ? -1 : Number(a.value > b.value);
}
