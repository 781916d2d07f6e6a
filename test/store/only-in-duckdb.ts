/** What ClickHouse has no use for: what is of one file. */
export const ONLY_IN_DUCKDB: readonly string[] = [
  'ingest_lease',
  'pending_rewrites',
  'schema_versions',
];
