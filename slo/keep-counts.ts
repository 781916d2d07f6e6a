import type { Generations } from '../store/publishing.ts';
import type { Store } from '../store/store.ts';
import type { Objective, SloDefinitions } from './definition.ts';
import { HOUR_MS, inventoryHash, type KeptCounts, keptCounts, outside } from './kept-counts.ts';
import { compileObjective, lookbacksOf } from './objective-statement.ts';
import { GRAINS_US, NO_CUTS } from './pieces.ts';
import { countingSql, hasWeights, run, scannedBy } from './slice-counts.ts';
import { windowAt } from './windows.ts';

/** Counts that are made and wait to be kept. */
export interface MadeCounts {
  readonly made: readonly {
    readonly kept: KeptCounts;
    readonly stale: readonly number[];
    /** The first hour that a window reaches. */
    readonly first: number;
  }[];
}

/**
 * Counts the hours of all windows whose rows have changed since they were counted, into temporary
 * tables: what was counted before and rests on the same rows is not read again.
 */
export async function makeCounts(
  store: Store,
  { definitions }: SloDefinitions,
  at: Date,
): Promise<MadeCounts> {
  const inventory = await inventoryHash(store);
  await store.run(
    `create or replace temp table made_slice_counts as
     select * from kept_slice_counts limit 0`,
  );
  const made: { kept: KeptCounts; stale: number[]; first: number }[] = [];
  for (const objective of definitions) {
    if (objective.kind !== 'objective' || !isKeepable(objective)) continue;
    const kept = await keptCounts(store, objective, inventory, {});
    if (kept === null) continue;
    const window = windowAt(objective.windowRule, new Date(at.getTime() - objective.delayMs));
    const { from, to } = scannedBy(objective, window);
    const first = Math.floor(Date.parse(from) / HOUR_MS);
    const end = Math.ceil(Date.parse(to) / HOUR_MS);
    const hours = Array.from({ length: end - first }, (_, index) => first + index);
    const stale = hours.filter((hour) => !kept.fresh.has(hour));
    if (stale.length > 0) await makeHours(store, objective, kept, first, end);
    made.push({ kept, stale, first });
  }
  return { made };
}

/** Lookbacks that are no whole number of 5 minutes need other slices than are kept. */
function isKeepable(objective: Objective): boolean {
  const spans = [
    ...lookbacksOf(objective),
    ...(objective.timeslice ? [objective.timeslice.ms] : []),
  ];
  return spans.every((ms) => (ms * 1000) % (GRAINS_US[0] ?? 1) === 0);
}

async function makeHours(
  store: Store,
  objective: Objective,
  { key, dimension, fresh }: KeptCounts,
  first: number,
  end: number,
): Promise<void> {
  const iso = (hour: number) => new Date(hour * HOUR_MS).toISOString();
  const whole = { from: iso(first), to: iso(end) };
  for (const { fromMs, toMs } of outside(fresh, whole)) {
    const window = { from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString() };
    const statement = await compileObjective(store, objective, window);
    const isWeighted = await hasWeights(store, objective, window);
    const counting = countingSql(statement, objective, dimension, NO_CUTS, isWeighted);
    const sql = `insert into made_slice_counts
select
    ${statement.binder.bind(key, 'Varchar')} as counts_key,
    x_div(piece_at_us, 3600000000) as hour_no,
    *
from (
${counting}
) as counts`;
    await run(store, objective, sql, statement);
  }
}

/** Puts the counts that were made in the place of those that were stale. All or nothing of it. */
export async function keepCounts(store: Store, { made }: MadeCounts): Promise<void> {
  if (made.every(({ stale }) => stale.length === 0)) return;
  if (store.generations !== undefined) return keepAsGeneration(store, store.generations, made);
  await store.transaction(async () => {
    const keys = made.map(({ kept }) => kept.key);
    for (const table of ['kept_slice_counts', 'kept_count_hours']) {
      // What no definition asks for any more goes, and what no window reaches.
      await store.run(`delete from ${table} where not list_contains($keys, counts_key)`, { keys });
    }
    for (const { kept, stale, first } of made) {
      if (stale.length === 0) continue;
      const { key } = kept;
      const gone = `counts_key = $key and (hour_no < ${first} or hour_no in (${stale.join(', ')}))`;
      await store.run(`delete from kept_slice_counts where ${gone}`, { key });
      await store.run(`delete from kept_count_hours where ${gone}`, { key });
      const rows = stale.map((hour) => `($key, ${hour}, ${kept.versions.get(hour) ?? 0})`);
      await store.run(`insert into kept_count_hours values ${rows.join(', ')}`, { key });
    }
    await store.run('insert into kept_slice_counts by name from made_slice_counts');
  });
}

/** The same where there are no transactions: what stays and what comes is written beside, and then shown at once. */
async function keepAsGeneration(
  store: Store,
  generations: Generations,
  made: MadeCounts['made'],
): Promise<void> {
  await store.run(
    'create or replace temp table made_count_hours as select * from kept_count_hours limit 0',
  );
  const gone = [`counts_key not in (${made.map(({ kept }) => quoted(kept.key)).join(', ')})`];
  for (const { kept, stale, first } of made) {
    if (stale.length === 0) continue;
    const key = quoted(kept.key);
    gone.push(`(counts_key = ${key} and (hour_no < ${first} or hour_no in (${stale.join(', ')})))`);
    const byVersion = Map.groupBy(stale, (hour) => kept.versions.get(hour) ?? 0);
    const hours = [...byVersion].map(
      ([version, each]) =>
        `select ${key} as counts_key, x_each([${each.join(', ')}]) as hour_no, ${version} as version`,
    );
    await store.run(`insert into made_count_hours ${hours.join(' union all ')}`);
  }
  const changes = [
    { table: 'kept_slice_counts', gone: gone.join(' or '), came: 'made_slice_counts' },
    { table: 'kept_count_hours', gone: gone.join(' or '), came: 'made_count_hours' },
  ];
  await generations.publish(changes, async () => true);
}

/** A key is a hash in hexadecimal digits. */
const quoted = (key: string): string => `'${key}'`;
