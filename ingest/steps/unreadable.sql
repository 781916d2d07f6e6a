-- name:    ingest/unreadable
-- purpose: A part of a source that never became text: one record, received and rejected.
-- grain:   one row

select
    cast($piece_no as bigint) << 46 as record_id,
    '' as source_table,
    cast($reason as varchar) as reject_reason,
    cast($bytes as bigint) as unread_bytes
