import { existsSync } from 'node:fs';
import type { Store } from '../../store/store.ts';
import type { Config } from './config.ts';
import { contentHash, originOf } from './loaded-file.ts';

/** The inventory and price files that a store holds in another version than the config names, by their origin. */
export async function changedFiles(
  store: Store,
  { inventory, prices, folder }: Pick<Config, 'inventory' | 'prices' | 'folder'>,
): Promise<string[]> {
  if (inventory.length + prices.length === 0) return [];
  const rows = await store.rows('select origin, content_hash from loaded_files');
  const held = new Map(rows.map((row) => [String(row['origin']), row['content_hash']]));
  return [...inventory, ...prices]
    .filter((path) => existsSync(path) && held.get(originOf(path, folder)) !== contentHash(path))
    .map((path) => originOf(path, folder));
}
