import { notBelievedFrom } from '../core/window.ts';
import type { Store } from '../store/store.ts';

/**
 * The first whole second after the newest telemetry: a window that ends there, exclusive, holds it. One
 * record of the year 2031 moves no window, unless all there is lies ahead of this machine's clock.
 * NULL for a store without telemetry.
 */
export async function evidenceEnd(store: Store, now: Date): Promise<Date | null> {
  const newest = await endOf(store, 'slo/evidence_end.sql', {});
  const before = notBelievedFrom(now);
  if (newest === null || newest <= before) return newest;
  const believed = { before_at: before.toISOString() };
  return (await endOf(store, 'slo/evidence_end_before.sql', believed)) ?? newest;
}

async function endOf(
  store: Store,
  path: string,
  params: Readonly<Record<string, string>>,
): Promise<Date | null> {
  const [row] = await store.query<{ newest_at: string | null }>(path, params);
  if (!row?.newest_at) return null;
  return new Date((Math.floor(Date.parse(row.newest_at) / 1000) + 1) * 1000);
}
