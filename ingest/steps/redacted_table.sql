-- name:    ingest/redacted_table
-- purpose: What was taken out of the rows since the last commit.

create or replace temp table redacted (record_id bigint, item_no integer, column_name varchar, kind varchar)
