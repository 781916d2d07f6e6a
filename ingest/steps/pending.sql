-- name:    ingest/pending
-- purpose: The lines that the first look left.
-- grain:   one row per line

select
    lines.record_id,
    cast(null as varchar) as record_path,
    lines.body

from lines
anti join claimed on lines.record_id = claimed.record_id
