/** Tables that commits add rows to. The rows of a commit are those of its batches, but where `all` says otherwise. */
export const EVIDENCE: readonly string[] = [
  'events',
  'rejected_records',
  'redactions',
  'unreadable_values',
  'replaced_events',
  // Last: who reads meanwhile finds the books of what is there.
  'ingest_batches',
];

/** Tables that are replaced as a whole when the files of the config are loaded. */
export const LOADED: readonly string[] = [
  'inventory_servers',
  'inventory_server_names',
  'inventory_agents',
  'inventory_agent_names',
  'inventory_tools',
  'prices',
  'loaded_files',
];

/** The table behind a published name. */
export const stored = (table: string): string => `${table}_stored`;
