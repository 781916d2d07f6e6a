import type { Store } from '../store/store.ts';
import { whole } from './count.ts';
import type { Objective } from './definition.ts';
import type { CountNote } from './judgement.ts';
import { type Compiling, compileObjective } from './objective-statement.ts';
import { run } from './slice-counts.ts';
import type { JudgedWindow } from './windows.ts';

/**
 * Exclusions that hold for the same rows. A row is counted under the first of them alone, so that a later one
 * looks smaller than it is.
 */
export async function overlapNotes(
  store: Store,
  objective: Objective,
  window: JudgedWindow,
  options: Compiling,
): Promise<CountNote[]> {
  const { exclude } = objective;
  if (exclude.length < 2) return [];
  const statement = await compileObjective(store, objective, window, options);
  const rules = statement.classes.filter(
    ({ kind, id }) => kind === 'excluded' && exclude.some((rule) => rule.id === id),
  );
  const columns = rules.slice(1).map(({ test }, index) => {
    const earlier = rules.slice(0, index + 1).map((rule) => rule.test);
    return `    case when ${test} and (${earlier.join(' or ')}) then 1 else 0 end as overlap_${index}`;
  });
  const sums = columns.map((_, index) => `sum(overlap_${index}) as overlap_${index}`);
  const [row] = await run(
    store,
    objective,
    `select ${sums.join(', ')} from (\n${statement.classified(columns)}\n) as classified`,
    statement,
  );
  return rules.slice(1).flatMap(({ id }, index) => {
    const rows = whole(row?.[`overlap_${index}`]);
    if (rows === 0n) return [];
    const text = `the exclusion '${id}' also holds for ${rows} of the rows that an earlier one leaves out; there alone they are counted.`;
    return [{ id: 'exclusions-overlap', text }];
  });
}
