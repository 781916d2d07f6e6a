-- name:    ingest/insert_batch
-- purpose: The books of one batch, per table; the table's check refuses books that do not add up.

insert into ingest_batches by name
select
    getvariable('batch_id') as batch_id,
    getvariable('source_name') as source,
    source_table,
    count(*) as received,
    count(*) filter (verdict = 'stored') as stored,
    count(*) filter (verdict = 'duplicate') as duplicate,
    count(*) filter (verdict = 'rejected') as rejected,
    count(*) filter (verdict = 'excluded') as excluded,
    count(*) filter (verdict = 'stored' and weight > 1) as sampled,
    count(*) filter (verdict = 'stored' and is_truncated) as truncated,
    min(first_at) as first_at,
    max(last_at) as last_at

from verdicts

group by source_table
