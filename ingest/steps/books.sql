-- name:    ingest/books
-- purpose: The files of this commit, each with the number of its batch.
-- grain:   one row per file

select
    origin,
    source,
    (select coalesce(max(batch_id), 0) from ingest_batches) + row_number() over (order by origin) as batch_id

from origins

where origin in (select origin from verdicts)
