-- name:    ingest/tally
-- purpose: What the books of this commit say.
-- grain:   one row

select
    cast(sum(stored) as bigint) as stored,
    cast(sum(duplicate) as bigint) as duplicate,
    cast(sum(rejected) as bigint) as rejected,
    cast(sum(excluded) as bigint) as excluded,
    (select cast(sum(unreadable) as bigint) from unreadable_values where batch_id in (select batch_id from books)) as unreadable,
    (select cast(coalesce(sum(expired), 0) as bigint) from expired_records where batch_id in (select batch_id from books)) as expired

from ingest_batches

where batch_id in (select batch_id from books)
