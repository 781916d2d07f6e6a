-- name:    ingest/insert_rejects
-- purpose: Sets aside what could not be used: its place, reason, size and shape, never its content.

insert into rejected_records by name

with

rejects as (

    select
        getvariable('batch_id') as batch_id,
        verdicts.record_no,
        verdicts.record_path,
        getvariable('source_name') as source,
        nullif(source_table, '') as source_table,
        reject_reason as reason,
        cast(strlen(body) as bigint) as record_bytes,
        sha256(getvariable('store_key') || chr(31) || body) as record_hash,
        excerpt_of(body) as excerpt

    from verdicts
    inner join flat on verdicts.record_id = flat.record_id

    where verdict = 'rejected'

)

-- Reading a file again must not list its rejects twice.
select rejects.*

from rejects
anti join rejected_records as listed
    on listed.record_hash = rejects.record_hash
    and listed.source = rejects.source
    and listed.record_no = rejects.record_no
    and coalesce(listed.record_path, '') = coalesce(rejects.record_path, '')
