-- What was judged, and counts that may be kept for it.

create table if not exists slo_verdicts_stored (
    slo String,
    objective String,
    window_from DateTime64(6, 'UTC'),
    window_to DateTime64(6, 'UTC'),
    state String,
    reason String,
    target_ppm Nullable(Int64),
    good Nullable(Int64),
    bad Nullable(Int64),
    excluded Nullable(Int64),
    unmeasurable Nullable(Int64),
    in_scope Nullable(Int64),
    definition_hash String,
    judged_at DateTime64(6, 'UTC')
)
engine = ReplacingMergeTree()
order by (slo, objective, window_from, window_to, judged_at)
settings non_replicated_deduplication_window = 1000;

create or replace view slo_verdicts as
select
    slo,
    objective,
    window_from,
    window_to,
    state,
    reason,
    target_ppm,
    good,
    bad,
    excluded,
    unmeasurable,
    in_scope,
    definition_hash,
    judged_at
from slo_verdicts_stored final;

create table if not exists control_verdicts_stored (
    slo String,
    window_from DateTime64(6, 'UTC'),
    window_to DateTime64(6, 'UTC'),
    state String,
    reason String,
    population Nullable(Int64),
    classified Nullable(Int64),
    violating Nullable(Int64),
    unobservable Nullable(Int64),
    definition_hash String,
    judged_at DateTime64(6, 'UTC')
)
engine = ReplacingMergeTree()
order by (slo, window_from, window_to, judged_at)
settings non_replicated_deduplication_window = 1000;

create or replace view control_verdicts as
select
    slo,
    window_from,
    window_to,
    state,
    reason,
    population,
    classified,
    violating,
    unobservable,
    definition_hash,
    judged_at
from control_verdicts_stored final;

create table if not exists changed_hours_stored (
    generation UInt64,
    table_name String,
    hour_no Int64,
    version Int64
)
engine = MergeTree
partition by (generation)
order by tuple();

create or replace view changed_hours as
select
    table_name,
    hour_no,
    version
from changed_hours_stored
where generation = (select max(generation) from generations where table_name = 'changed_hours');

create table if not exists kept_slice_counts_stored (
    generation UInt64,
    counts_key String,
    hour_no Int64,
    piece_at_us Int64,
    value String,
    class_no Int64,
    plain_class_no Int64,
    assumed Int64,
    piece_rows Int64,
    piece_weight Int64,
    squared_weight Float64
)
engine = MergeTree
partition by (generation)
order by tuple();

create or replace view kept_slice_counts as
select
    counts_key,
    hour_no,
    piece_at_us,
    value,
    class_no,
    plain_class_no,
    assumed,
    piece_rows,
    piece_weight,
    squared_weight
from kept_slice_counts_stored
where generation = (select max(generation) from generations where table_name = 'kept_slice_counts');

create table if not exists kept_count_hours_stored (
    generation UInt64,
    counts_key String,
    hour_no Int64,
    version Int64
)
engine = MergeTree
partition by (generation)
order by tuple();

create or replace view kept_count_hours as
select
    counts_key,
    hour_no,
    version
from kept_count_hours_stored
where generation = (select max(generation) from generations where table_name = 'kept_count_hours');
