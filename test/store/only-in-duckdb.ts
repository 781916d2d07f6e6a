/** What ClickHouse has no use for: of one file, or written by nothing yet. */
export const ONLY_IN_DUCKDB: readonly string[] = [
  'charges',
  'detections',
  'ingest_lease',
  'pending_rewrites',
  'schema_versions',
];
