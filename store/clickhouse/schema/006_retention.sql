-- What was removed because it was older than it is to be kept, as store/schema/ has it.

create table if not exists retention_runs_stored (
    class String,
    kept_from DateTime64(6, 'UTC'),
    table_name String,
    removed Int64,
    applied_at DateTime64(6, 'UTC')
)
engine = ReplacingMergeTree()
order by (class, kept_from, table_name)
settings non_replicated_deduplication_window = 1000;

create or replace view retention_runs as
select
    class,
    kept_from,
    table_name,
    removed,
    applied_at
from retention_runs_stored final;

create table if not exists expired_events_stored (
    event_id String,
    occurred_at DateTime64(6, 'UTC')
)
engine = ReplacingMergeTree()
order by (event_id)
settings non_replicated_deduplication_window = 1000;

create or replace view expired_events as
select
    event_id,
    occurred_at
from expired_events_stored final;

create table if not exists expired_records_stored (
    batch_id Int64,
    source String,
    source_table String,
    expired Int64
)
engine = ReplacingMergeTree()
order by (batch_id, source, source_table)
settings non_replicated_deduplication_window = 1000;

create or replace view expired_records as
select
    batch_id,
    source,
    source_table,
    expired
from expired_records_stored final;
