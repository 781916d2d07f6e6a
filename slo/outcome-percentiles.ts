import type { Store } from '../store/store.ts';
import type { Objective } from './definition.ts';
import type { Compiling } from './objective-statement.ts';
import { percentileValue } from './percentile.ts';
import type { SliceCounts } from './slice-counts.ts';

/** The percentile of what succeeded and of what failed, for a fast failure flatters the whole. NULL: that rank has no value. */
export type OutcomePercentiles = Readonly<Record<'success' | 'failure', number | null>>;

/** NULL for what is no promise of latency, and where the rows do not say how they came out. */
export async function outcomePercentiles(
  store: Store,
  objective: Objective,
  { statement, window }: SliceCounts,
  options: Compiling,
): Promise<OutcomePercentiles | null> {
  if (objective.good.kind !== 'latency' || !statement.scope.columns.has('outcome')) return null;
  const of = (outcome: string): Promise<number | null> =>
    percentileValue(store, objective, window, options, [`"outcome" = '${outcome}'`]);
  return { success: await of('success'), failure: await of('failure') };
}
