import type { Store } from '../store/store.ts';
import { whole } from './count.ts';
import type { Objective } from './definition.ts';
import type { VanishedGroup } from './judgement.ts';
import { compileObjective, weightSql } from './objective-statement.ts';
import { column } from './predicate.ts';
import { toCount } from './rational.ts';
import { run, valueSql } from './slice-counts.ts';
import { type JudgedWindow, periodAt } from './windows.ts';

/**
 * The values that had rows in the window before and have none in this one (`ranked_values`), those with
 * most rows first. One that went quiet is in no figure, and may be one that broke.
 */
export async function vanishedGroups(
  store: Store,
  objective: Objective,
  window: JudgedWindow,
  dimension: string,
  most: number,
): Promise<VanishedGroup[]> {
  const { windowRule, metricPath, weight } = objective;
  const endMs = Date.parse(window.from);
  const from =
    windowRule.kind === 'calendar'
      ? periodAt(windowRule, endMs - 1).from
      : new Date(endMs - windowRule.ms).toISOString();
  const statement = await compileObjective(store, objective, { from, to: window.from });
  const time = column(statement.scope, objective.time, [...metricPath, 'time'], 'time');
  const rows = statement.classified([
    `    ${valueSql(statement, dimension)} as value`,
    `    ${weightSql(weight)} as weight`,
    `    ${time} as seen_at`,
  ]);
  const found = await run(
    store,
    objective,
    `select before.value as value, sum(before.weight) as in_scope, max(before.seen_at) as last_seen_at
from (
${rows}
) as before
left join ranked_values as ranked on before.value = ranked.value
where ranked.value is null
group by before.value
order by in_scope desc, value
limit ${most}`,
    statement,
  );
  return found.map((row) => ({
    value: String(row['value']),
    inScopeBefore: toCount(whole(row['in_scope'])),
    lastSeenAt: String(row['last_seen_at']),
  }));
}
