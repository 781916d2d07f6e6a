import { type Check, NO_CONFIG, ok, Skipped, warning } from '../check.ts';
import { counted } from '../words.ts';

export const inventory: Check = {
  name: 'inventory',
  area: 'config',
  asks: 'Can the inventory and the prices be read, and is anything in them?',
  async examine(patient) {
    const { file, inventory: inventories, prices: priceLists } = await patient.config();
    if (file === undefined) throw new Skipped(NO_CONFIG);
    const { readInventory } = await import('../../ingest/config/inventory-rows.ts');
    const { readPrices } = await import('../../ingest/config/price-rows.ts');
    const files = readInventory(inventories, (id) => id);
    const prices = readPrices(priceLists).reduce((sum, file) => sum + file.prices.length, 0);
    const sum = (of: 'servers' | 'agents' | 'tools') =>
      files.reduce((total, file) => total + file[of].length, 0);
    const found = `${counted(sum('servers'), 'server')}, ${counted(sum('agents'), 'agent')}, ${counted(sum('tools'), 'row')} of tools, ${counted(prices, 'price')}`;
    if (inventories.length > 0) return ok(found);
    return warning('the config names no inventory', {
      why: 'Every server and agent is unknown then, every tool unclassified, and no control about them can be met',
      mend: 'inventory: [./inventory.yaml]   # in the config; examples/inventory.yaml shows its form',
    });
  },
};
