import type { Store } from '../store/store.ts';
import { type LastSeen, type LookbackTally, type Tally, whole } from './count.ts';
import type { Objective } from './definition.ts';
import { run, type SliceCounts } from './slice-counts.ts';

/**
 * What the lookbacks held when rows were last seen. Where a lookback holds none, nobody knows whether
 * an alert still fires: it stays as it was. NULL where every lookback holds rows, or none ever did.
 */
export async function lastSeenOf(
  store: Store,
  objective: Objective,
  counted: SliceCounts,
  lookbacks: readonly LookbackTally[],
): Promise<LastSeen | null> {
  if (!needsLastSeen(objective, lookbacks)) return null;
  const { statement, cuts, window } = counted;
  const numbers = (kinds: readonly string[]) =>
    statement.classes.flatMap(({ kind }, no) => (kinds.includes(kind) ? [no] : [])).join(', ');
  const measured = `class_no in (${numbers(['good', 'bad'])})`;
  const newest = `select max(piece_at_us) as piece_at_us from slice_counts where ${measured}`;
  const [last] = await run(store, objective, newest, statement);
  if (last?.['piece_at_us'] == null) return null;
  const slice = Math.floor(Number(last['piece_at_us']) / cuts.grainUs);
  const atUs = Math.min((slice + 1) * cuts.grainUs, Date.parse(window.to) * 1000);
  const reached = lookbacksSince(counted, atUs / 1000);
  if (reached.length === 0) return null;
  const sums = reached.flatMap((ms, index) =>
    (['good', 'bad'] as const).flatMap((kind) => {
      const those = `filter (where class_no in (${numbers([kind])}) and piece_at_us >= ${atUs - ms * 1000})`;
      return [
        `coalesce(sum(piece_rows) ${those}, 0) as ${kind}_rows_${index}`,
        `coalesce(sum(piece_weight) ${those}, 0) as ${kind}_weight_${index}`,
      ];
    }),
  );
  const [row = {}] = await run(
    store,
    objective,
    `select\n    ${sums.join(',\n    ')}\nfrom slice_counts\nwhere ${measured}`,
    statement,
  );
  const tally = (kind: string, index: number): Tally => ({
    rows: whole(row[`${kind}_rows_${index}`]),
    weight: whole(row[`${kind}_weight_${index}`]),
  });
  return {
    at: new Date(atUs / 1000).toISOString(),
    lookbacks: reached.map((ms, index) => ({
      ms,
      good: tally('good', index),
      bad: tally('bad', index),
    })),
  };
}

/** Whether some rule looks at a time of which nothing was measured. */
export function needsLastSeen(
  { burnRules }: Pick<Objective, 'burnRules'>,
  lookbacks: readonly LookbackTally[],
): boolean {
  const empty = new Set(
    lookbacks.filter(({ good, bad }) => good.rows + bad.rows === 0n).map(({ ms }) => ms),
  );
  return burnRules.some(({ longMs, shortMs }) => empty.has(longMs) || empty.has(shortMs));
}

/** The lookbacks that, counted back from then, still are within what was counted. */
export function lookbacksSince(
  { scanned, lookbacksMs }: Pick<SliceCounts, 'scanned' | 'lookbacksMs'>,
  atMs: number,
): number[] {
  return lookbacksMs.filter((ms) => atMs - ms >= Date.parse(scanned.from));
}
