-- name:    ingest/insert_batch
-- purpose: The books of each file in this commit, per table; the table's check refuses books that do
--          not add up.

insert into ingest_batches by name
select
    any_value(books.batch_id) as batch_id,
    any_value(books.source) as source,
    verdicts.source_table,
    count(*) as received,
    count(*) filter (verdict = 'stored') as stored,
    count(*) filter (verdict = 'duplicate') as duplicate,
    count(*) filter (verdict = 'rejected') as rejected,
    count(*) filter (verdict = 'excluded') as excluded,
    count(*) filter (verdict = 'stored' and weight > 1) as sampled,
    count(*) filter (verdict = 'stored' and is_truncated) as truncated,
    min(first_at) as first_at,
    max(last_at) as last_at,
    any_value(origins.observed_at) as observed_at

from verdicts
inner join books on verdicts.origin = books.origin
inner join origins on verdicts.origin = origins.origin

group by verdicts.origin, verdicts.source_table
