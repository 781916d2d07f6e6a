-- Nothing that a batch brought is of a later time, whatever it is dated; unknown of batches before.

alter table ingest_batches_stored add column if not exists observed_at Nullable(DateTime64(6, 'UTC'));

create or replace view ingest_batches as
select
    batch_id,
    source,
    source_table,
    received,
    stored,
    duplicate,
    rejected,
    excluded,
    sampled,
    truncated,
    first_at,
    last_at,
    observed_at
from ingest_batches_stored final;
