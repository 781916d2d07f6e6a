-- name:    ingest/redacted_by_kind
-- purpose: What was taken out of the rows of this commit.
-- grain:   one row per kind

select
    kind,
    cast(sum(redacted) as bigint) as redacted

from redactions

where batch_id in (select batch_id from books)

group by kind

order by kind
