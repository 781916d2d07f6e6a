-- name:    ingest/insert_rejects
-- purpose: Sets aside what could not be used: its place, reason, size and shape, never its content.

insert into rejected_records by name

with

rejects as (

    select
        books.batch_id,
        pieces.first_no + line_of(seen.record_id) as record_no,
        seen.record_path,
        books.source,
        nullif(seen.source_table, '') as source_table,
        cleaned('reason', seen.reject_reason) as reason,
        coalesce(seen.unread_bytes, cast(strlen(seen.body) as bigint), 0) as record_bytes,
        sha256(getvariable('store_key') || chr(31) || coalesce(seen.body, books.source || chr(31) || (pieces.first_no + line_of(seen.record_id)) || chr(31) || seen.reject_reason)) as record_hash,
        mask_ips(excerpt_of(seen.body)) as excerpt

    from seen
    inner join pieces on piece_of(seen.record_id) = pieces.piece_no
    inner join books on pieces.origin = books.origin

    where seen.reject_reason is not null

)

-- Reading a file again must not list its rejects twice.
select rejects.*

from rejects
anti join rejected_records as listed
    on listed.record_hash = rejects.record_hash
    and listed.source = rejects.source
    and listed.record_no = rejects.record_no
    and coalesce(listed.record_path, '') = coalesce(rejects.record_path, '')
