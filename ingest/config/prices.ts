import type { Store } from '../../store/store.ts';
import { forget, originOf, remember } from './loaded-file.ts';
import { readPrices } from './price-rows.ts';

/**
 * Loads price files in place of what files gave before; all of them, or none if one is wrong.
 * `folder` is the config's: rows are marked with their file's path relative to it. Without paths
 * nothing changes, so that a command run beside no config keeps what the database knows.
 */
export async function loadPrices(
  store: Store,
  paths: readonly string[],
  folder?: string,
): Promise<void> {
  if (paths.length === 0) return;
  const files = readPrices(paths);
  await store.transaction(async () => {
    await forget(store, 'prices', ['prices']);
    for (const { path, prices } of files) {
      const origin = originOf(path, folder);
      await store.query('ingest/config/insert_prices.sql', {
        origin,
        rows: JSON.stringify(prices),
      });
      await remember(store, 'prices', origin, path);
    }
  });
}
