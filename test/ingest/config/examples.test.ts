import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { packagePath } from '../../../core/package-root.ts';
import { loadConfig } from '../../../ingest/config/config.ts';
import { loadInventory } from '../../../ingest/config/inventory.ts';
import { loadPrices } from '../../../ingest/config/prices.ts';
import { Store } from '../../../store/store.ts';
import { written } from './written-files.ts';

test('the example config loads, with the inventory and the prices it names', async () => {
  using store = await Store.inMemory();

  const config = loadConfig(packagePath('examples/mcp-witness.yaml'));
  await loadInventory(store, config.inventory, config.folder);
  await loadPrices(store, config.prices, config.folder);

  expect(config.sources.length).toBeGreaterThan(0);
  expect(config.slos.length).toBeGreaterThan(5);
  expect(await store.rows('select origin, kind from loaded_files order by origin')).toEqual([
    { origin: 'inventory.yaml', kind: 'inventory' },
    { origin: 'prices.yaml', kind: 'prices' },
  ]);
});

test('the prices that docs/finops.md shows load', async () => {
  using store = await Store.inMemory();
  const [, yaml = ''] =
    /```yaml\n([\s\S]*?)```/.exec(readFileSync(packagePath('docs/finops.md'), 'utf8')) ?? [];

  await loadPrices(store, [join(written({ 'prices.yaml': yaml }), 'prices.yaml')]);

  expect(await store.rows('select count(*) as found from prices')).toEqual([{ found: 3 }]);
});
