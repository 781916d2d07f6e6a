-- name:    ingest/texts_table
-- purpose: Text that waits to be mapped, and where each piece of it came from.

create or replace temp table texts (piece_no bigint, origin bigint, first_no bigint, text blob)
