/** A table that both engines have. */
export interface MovedTable {
  readonly name: string;
  /** The time by whose UTC day it is moved and checked; undefined: as a whole. */
  readonly at?: string;
}

/**
 * Everything that cannot be made anew, and what is published, so that questions have answers at once. Not moved is what only speeds
 * the next correlation and the next verdicts up: they make it anew, because it is not there.
 */
export const MOVED: readonly MovedTable[] = [
  { name: 'events', at: 'occurred_at' },
  { name: 'rejected_records' },
  { name: 'redactions' },
  { name: 'unreadable_values' },
  { name: 'expired_records' },
  { name: 'expired_events' },
  { name: 'replaced_events' },
  { name: 'ingest_batches' },
  { name: 'checkpoints' },
  { name: 'stream_gaps' },
  { name: 'retention_runs' },
  { name: 'pseudonymised_columns' },
  { name: 'inventory_servers' },
  { name: 'inventory_server_names' },
  { name: 'inventory_agents' },
  { name: 'inventory_agent_names' },
  { name: 'inventory_tools' },
  { name: 'prices' },
  { name: 'loaded_files' },
  { name: 'correlated_calls', at: '"timestamp"' },
  { name: 'call_aliases' },
  { name: 'approvals' },
  { name: 'auth_attempts', at: '"timestamp"' },
  { name: 'model_calls', at: '"timestamp"' },
  { name: 'sessions' },
  { name: 'session_aliases' },
  { name: 'agents' },
  { name: 'agent_names' },
  { name: 'servers' },
  { name: 'server_names' },
  { name: 'tools' },
  { name: 'gateway_settings' },
  { name: 'correlation_runs' },
  { name: 'changed_hours' },
  { name: 'slo_verdicts' },
  { name: 'control_verdicts' },
];

/** Shared tables that are made anew. */
export const MADE_ANEW: readonly string[] = [
  'correlation_state',
  'kept_clock_users',
  'kept_contested',
  'kept_differences',
  'kept_groups',
  'kept_lines',
  'kept_model_apis',
  'kept_offsets',
  'kept_session_ties',
  'kept_spreads',
  'kept_slice_counts',
  'kept_count_hours',
];
