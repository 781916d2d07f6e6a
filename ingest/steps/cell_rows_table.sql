-- name:    ingest/cell_rows_table
-- purpose: Rows that wait to be mapped and came as lists of text, one for each name in the variable `row_names`. They need
--          not be written as JSON to be read again.

create or replace temp table cell_rows (piece_no bigint, line_no bigint, cells varchar[])
