-- name:    ingest/pending_table
-- purpose: Lines that wait to be mapped.

create or replace temp table pending_0 (
    record_id bigint,
    origin integer,
    record_no bigint,
    record_path varchar,
    body varchar
);

create or replace temp view pending as select * from pending_0
