/** Tables that commits add rows to. The rows of a commit are those of its batches. */
export const EVIDENCE: readonly string[] = [
  'events',
  'rejected_records',
  'redactions',
  'unreadable_values',
  'expired_records',
  'replaced_events',
  // Last: who reads meanwhile finds the books of what is there.
  'ingest_batches',
];

/** Where sources stand that are read on, and what is missing of them: part of the commit of their events. */
export const STREAMS: readonly string[] = ['checkpoints', 'stream_gaps'];

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
