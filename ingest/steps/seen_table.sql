-- name:    ingest/seen_table
-- purpose: The records since the last commit that were looked at one by one, and the files.

create or replace temp table seen (
    record_id bigint,
    source_table varchar,
    exclude_reason varchar,
    reject_reason varchar,
    record_path varchar,
    body varchar, -- of rejects only
    unread_bytes bigint -- size of what never became text
);

create or replace temp table origins (origin integer, source varchar, observed_at timestamptz)
