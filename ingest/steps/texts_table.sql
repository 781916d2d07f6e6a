-- name:    ingest/texts_table
-- purpose: Text that waits to be mapped.

create or replace temp table texts (piece_no integer, text varchar)
