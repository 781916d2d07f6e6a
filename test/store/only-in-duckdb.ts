/** What ClickHouse has no use for: of one file, of incremental correlation, or written by nothing yet. */
export const ONLY_IN_DUCKDB: readonly string[] = [
  'charges',
  'detections',
  'ingest_lease',
  'kept_clock_users',
  'kept_contested',
  'kept_differences',
  'kept_groups',
  'kept_lines',
  'kept_model_apis',
  'kept_offsets',
  'kept_session_ties',
  'kept_spreads',
  'pending_rewrites',
  'schema_versions',
];
