import type { Store } from '../store/store.ts';
import { findSource } from './sources.ts';

/** Counts that the source of a promise tells beside it, by name. */
export type Facts = Readonly<Record<string, number>>;

/** What the query that a relation names under `facts:` counts, over all its rows; NULL: it names none. */
export async function factsOf(
  store: Store,
  { source }: { readonly source: string },
  window: { readonly from: string; readonly to: string },
): Promise<Facts | null> {
  const { facts } = findSource(source);
  if (facts === null) return null;
  const rows = await store.query(`queries/${facts}.sql`, {
    from_at: window.from,
    to_at: window.to,
  });
  const sums: Record<string, number> = {};
  for (const row of rows) {
    for (const [name, value] of Object.entries(row)) {
      if (typeof value === 'number') sums[name] = (sums[name] ?? 0) + value;
    }
  }
  return sums;
}
