-- name:    ingest/read_parquet
-- purpose: The rows of a Parquet file as JSON text.
-- grain:   one row per row

select cast(to_json(parquet_row) as varchar) as body from read_parquet($path) as parquet_row
