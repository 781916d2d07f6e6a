import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packagePath } from '../../core/package-root.ts';
import { loadInventory } from '../../ingest/config/inventory.ts';
import { loadPrices } from '../../ingest/config/prices.ts';
import { ingestFiles } from '../../ingest/ingest-files.ts';
import { DEFAULT_FAULTS, type Faults } from '../../simulate/faults.ts';
import { simulate } from '../../simulate/simulate.ts';
import { Store } from '../../store/store.ts';

export const FLEET = {
  calls: 1_000,
  seed: 11,
  from: new Date('2026-11-14T00:00:00Z'),
  to: new Date('2026-11-21T00:00:00Z'),
};

/** Every fault that the simulation knows, far more often than in a well-kept fleet. */
export function hardFaults(): Faults {
  const sizes = Object.keys(DEFAULT_FAULTS).map((name) => [
    name,
    name.endsWith('_ms') ? 1_500 : 0.15,
  ]);
  return Object.fromEntries(sizes) as Faults;
}

/** The evidence of a small fleet in which much is missing, doubled or ambiguous. */
export async function hardFleet(folder: string, calls = FLEET.calls): Promise<Store> {
  await simulate({ ...FLEET, calls, folder, faults: hardFaults() });
  const store = await Store.inMemory();
  await ingestFiles(store, [join(folder, 'telemetry')], { key: 'test' });
  await loadInventory(store, [join(folder, 'inventory.yaml')]);
  await loadPrices(store, [join(folder, 'prices.yaml')]);
  await store.script(readFileSync(packagePath('test/engines/hard_evidence.sql'), 'utf8'));
  return store;
}

/** A config beside that of a simulated fleet: over another store, with definitions that the program brings. */
export function configBeside(
  folder: string,
  name: string,
  store: string,
  definitions: readonly string[],
): string {
  const slos = definitions.map((each) => packagePath('examples', 'slos', `${each}.yaml`));
  const file = join(folder, `${name}.yaml`);
  const given = readFileSync(join(folder, 'mcp-witness.yaml'), 'utf8');
  const text = given.replace(/^store:.*$/m, `store: ${store}`);
  writeFileSync(file, `${text.trimEnd()}\nslos: ${JSON.stringify(slos)}\n`);
  return file;
}
