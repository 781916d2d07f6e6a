-- name:    ingest/unreadable
-- purpose: A part of a source that never became text: one record, received and rejected.
-- grain:   one row

select
    cast($origin as integer) as origin,
    cast($line as bigint) << 30 as record_id,
    cast($no as bigint) as record_no,
    '' as source_table,
    cast($reason as varchar) as reject_reason,
    cast($bytes as bigint) as unread_bytes
