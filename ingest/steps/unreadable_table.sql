-- name:    ingest/unreadable_table
-- purpose: Which columns of the rows since the last commit rest on a value that was there and could not be read.

create or replace temp table unreadable (record_id bigint, item_no integer, column_name varchar)
