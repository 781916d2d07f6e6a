import type { Store } from '../../store/store.ts';
import { type InventoryRows, readInventory } from './inventory-rows.ts';
import { forget, originOf, remember } from './loaded-file.ts';

const TABLES = [
  'inventory_servers',
  'inventory_server_names',
  'inventory_agents',
  'inventory_agent_names',
  'inventory_tools',
] as const;

/**
 * Loads inventory files in place of what files gave before; all of them, or none if one is wrong.
 * `asStored` gives ids and names of agents the form that telemetry's have in the store. `folder` is the config's: rows are marked with their file's path relative to it. Without paths
 * nothing changes, so that a command run beside no config keeps what the database knows.
 */
export async function loadInventory(
  store: Store,
  paths: readonly string[],
  folder?: string,
  asStored: (agentId: string) => string = (agentId) => agentId,
): Promise<void> {
  if (paths.length === 0) return;
  const files = readInventory(paths, asStored);
  await store.transaction(async () => {
    await forget(store, 'inventory', TABLES);
    for (const file of files) {
      const origin = originOf(file.path, folder);
      await insertFile(store, origin, file);
      await remember(store, 'inventory', origin, file.path);
    }
  });
}

async function insertFile(store: Store, origin: string, file: InventoryRows): Promise<void> {
  const insert = (path: string, rows: readonly object[]) =>
    store.query(path, { origin, rows: JSON.stringify(rows) });
  await insert('ingest/config/insert_servers.sql', file.servers);
  await insert('ingest/config/insert_server_names.sql', file.serverNames);
  await insert('ingest/config/insert_agents.sql', file.agents);
  await insert('ingest/config/insert_agent_names.sql', file.agentNames);
  await insert('ingest/config/insert_tools.sql', file.tools);
}
