-- name:    ingest/insert_unreadable
-- purpose: Sets aside a part of a source that could not be read as text at all; listed once.

insert into rejected_records by name

with

reject as (

    select
        getvariable('batch_id') as batch_id,
        cast($no as bigint) as record_no,
        cast($source as varchar) as source,
        cast($reason as varchar) as reason,
        cast($bytes as bigint) as record_bytes,
        sha256(getvariable('store_key') || chr(31) || cast($source as varchar) || cast($no as bigint)) as record_hash

)

select reject.*

from reject
anti join rejected_records as listed
    on listed.record_hash = reject.record_hash
    and listed.source = reject.source
