-- name:    ingest/seen_table
-- purpose: The records and files since the last commit.

create or replace temp table seen (
    origin integer,
    record_id bigint,
    record_no bigint,
    source_table varchar,
    exclude_reason varchar,
    reject_reason varchar,
    record_path varchar,
    body varchar, -- of rejects only
    unread_bytes bigint -- size of what never became text
);

create or replace temp table origins (origin integer, source varchar, observed_at timestamptz)
