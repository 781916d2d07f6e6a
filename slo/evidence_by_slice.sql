-- name:    slo/evidence_by_slice
-- purpose: Which layers showed life in which slices of a window, and whether they were sampled.
-- readers: SRE
-- grain:   one row per layer and slice; calls and auth attempts are layers of their own
-- param:   from_at         timestamptz  UTC     window start, inclusive
-- param:   to_at           timestamptz  UTC     window end, exclusive
-- param:   slice_us        bigint       us      length of a slice; slices are counted back from to_at
-- column:  layer           varchar      -       layer of evidence, 'tool_calls' or 'auth_attempts'
-- column:  slice_no        bigint       -       0 is the slice that ends at to_at
-- column:  evidence_rows   bigint       rows    rows in the slice
-- column:  sampled_rows    bigint       rows    of these, the rows that stand for more than themselves
-- column:  oldest_at       timestamptz  UTC     the first of them
-- column:  newest_at       timestamptz  UTC     the latest

with

seen as (

    select layer, occurred_at, weight > 1 as is_sampled
    from events

    union all

    select 'tool_calls' as layer, "timestamp" as occurred_at, is_sampled
    from correlated_calls

    union all

    select 'auth_attempts' as layer, "timestamp" as occurred_at, weight > 1 as is_sampled
    from auth_attempts

),

sliced as (

    select
        layer,
        occurred_at,
        is_sampled,
        x_div(x_us({to_at:Timestamp}) - 1 - x_us(occurred_at), {slice_us:Bigint}) as slice_no

    from seen

    where
        occurred_at >= {from_at:Timestamp}
        and occurred_at < {to_at:Timestamp}

)

select
    layer,
    slice_no,
    count(*) as evidence_rows,
    count(*) filter (where is_sampled) as sampled_rows,
    min(occurred_at) as oldest_at,
    max(occurred_at) as newest_at

from sliced

group by layer, slice_no

order by layer, slice_no
