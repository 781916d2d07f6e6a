import { createHash } from 'node:crypto';
import type { TimeWindow } from '../core/window.ts';
import type { Store } from '../store/store.ts';
import type { Objective } from './definition.ts';
import type { Compiling } from './objective-statement.ts';
import { findSource } from './sources.ts';

/** Counts of another version of this engine are not taken for ours. */
const COUNTING = 1;
export const HOUR_MS = 3_600_000;

/** What is kept of an objective, and how fresh it is. */
export interface KeptCounts {
  readonly key: string;
  /** The column that is kept beside the counts; NULL: none. */
  readonly dimension: string | null;
  readonly versions: ReadonlyMap<number, number>;
  readonly fresh: ReadonlySet<number>;
}

/** Facts of the inventory that decide how rows count; read once per judgement of all. */
export async function inventoryHash(store: Store): Promise<string> {
  const hash = createHash('sha256');
  for (const row of await store.query('slo/inventory_facts.sql')) hash.update(JSON.stringify(row));
  return hash.digest('hex');
}

/** The column by which an objective's counts are kept. */
export function keptDimension({ dimensions }: Objective): string | null {
  return dimensions[0] ?? null;
}

/** Looks up what is kept; NULL where nothing is, because a change of the rows could go unseen. */
export async function keptCounts(
  store: Store,
  objective: Objective,
  inventory: string,
  options: Compiling,
): Promise<KeptCounts | null> {
  const { rowsOf, file } = findSource(objective.source);
  if (rowsOf === null) return null;
  const dimension = keptDimension(objective);
  const key = createHash('sha256')
    .update(
      JSON.stringify([
        COUNTING,
        objective.hash,
        objective.objective,
        dimension,
        inventory,
        options.allowRetroactive === true,
      ]),
    )
    .digest('hex')
    .slice(0, 32);
  // A relation looks at rows around those it gives.
  const params = { counts_key: key, table_name: rowsOf, reach: file === null ? 0 : 1 };
  const rows = await store.query<{ hour_no: number; version: number; is_fresh: boolean }>(
    'slo/fresh_hours.sql',
    params,
  );
  return {
    key,
    dimension,
    versions: new Map(rows.map(({ hour_no, version }) => [hour_no, version])),
    fresh: new Set(rows.filter(({ is_fresh }) => is_fresh).map(({ hour_no }) => hour_no)),
  };
}

/** Numbers of the hours that lie in a window as a whole. */
export function wholeHours({ from, to }: TimeWindow): { first: number; end: number } {
  return {
    first: Math.ceil(Date.parse(from) / HOUR_MS),
    end: Math.floor(Date.parse(to) / HOUR_MS),
  };
}

export interface Range {
  readonly fromMs: number;
  readonly toMs: number;
}

/** The parts of a window that lie in none of these hours. */
export function outside(hours: ReadonlySet<number>, { from, to }: TimeWindow): Range[] {
  const { first, end } = wholeHours({ from, to });
  const edges: Range[] = [];
  let fromMs = Date.parse(from);
  for (let hour = first; hour < end; hour += 1) {
    if (!hours.has(hour)) continue;
    if (fromMs < hour * HOUR_MS) edges.push({ fromMs, toMs: hour * HOUR_MS });
    fromMs = (hour + 1) * HOUR_MS;
  }
  if (fromMs < Date.parse(to)) edges.push({ fromMs, toMs: Date.parse(to) });
  return edges;
}
