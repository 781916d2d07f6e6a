import type { Store } from '../store/store.ts';

/**
 * The first whole second after the newest telemetry: a window that ends there, exclusive, holds it.
 * NULL for a store without telemetry.
 */
export async function evidenceEnd(store: Store): Promise<Date | null> {
  const [row] = await store.query<{ newest_at: string | null }>('slo/evidence_end.sql');
  if (!row?.newest_at) return null;
  return new Date((Math.floor(Date.parse(row.newest_at) / 1000) + 1) * 1000);
}
