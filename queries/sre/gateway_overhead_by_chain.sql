-- name:    sre/gateway_overhead_by_chain
-- purpose: What the gateway costs a session: its own time over all calls of one chain, added up.
-- readers: SRE
-- grain:   one row per length of chain, shortest first
-- brief:   chain_length, chains, unmeasured_chains, p50_ms, p95_ms, p99_ms, overhead_ratio
-- param:   from_at            timestamptz  UTC       window start, inclusive (default: now-30d)
-- param:   to_at              timestamptz  UTC       window end, exclusive (default: now)
-- column:  chain_length       varchar      -         calls in one session: 1, 2-5, 6-20, 21+, or any for all of them
-- column:  shortest_calls     bigint       calls     of the shortest chain in the row
-- column:  chains             bigint       sessions  with at least one call that ran and that the gateway saw
-- column:  unmeasured_chains  bigint       sessions  of them with a call whose overhead is not known: they are in no percentile
-- column:  p50_ms             double       ms        nearest rank: at least half of the measured chains cost at most this
-- column:  p95_ms             double       ms        likewise 95 in 100
-- column:  p99_ms             double       ms        likewise 99 in 100
-- column:  max_ms             double       ms        dearest chain
-- column:  overhead_ratio     double       ratio     overhead of the time that callers waited, over the measured chains

with

chains as (

    select
        session_key,
        count(*) as calls,
        count(*) filter (where gateway_overhead_ms is null) as unmeasured_calls,
        -- Whole microseconds add up to the same in any order.
        sum(x_us(x_add_ms(x_ts('1970-01-01T00:00:00Z'), gateway_overhead_ms))) as overhead_us,
        sum(x_us(x_add_ms(x_ts('1970-01-01T00:00:00Z'), gateway_latency_ms))) as waited_us

    from tool_calls

    where
        session_key is not null
        and gateway_seen
        and outcome not in ('denied', 'challenge')
        and "timestamp" >= {from_at:Timestamp}
        and "timestamp" < {to_at:Timestamp}

    group by session_key

),

measured as (

    select
        calls,
        case
            when calls = 1 then '1'
            when calls <= 5 then '2-5'
            when calls <= 20 then '6-20'
            else '21+'
        end as chain_length,
        case when unmeasured_calls = 0 then cast(overhead_us as double) / 1000 end as overhead_ms,
        case when unmeasured_calls = 0 then overhead_us end as overhead_us,
        case when unmeasured_calls = 0 then waited_us end as waited_us

    from chains

),

counted as (

    select chain_length, calls, overhead_ms, overhead_us, waited_us
    from measured

    union all

    select 'any' as chain_length, calls, overhead_ms, overhead_us, waited_us
    from measured

),

ranked as (

    select
        *,
        count(overhead_ms) over (
            partition by chain_length
            order by overhead_ms
            rows between unbounded preceding and current row
        ) as chains_so_far,
        count(overhead_ms) over (partition by chain_length) as chains_in_all

    from counted

)

select
    chain_length,
    min(calls) as shortest_calls,
    count(*) as chains,
    count(*) filter (where overhead_ms is null) as unmeasured_chains,
    min(case when chains_so_far * 100 >= chains_in_all * 50 then overhead_ms end) as p50_ms,
    min(case when chains_so_far * 100 >= chains_in_all * 95 then overhead_ms end) as p95_ms,
    min(case when chains_so_far * 100 >= chains_in_all * 99 then overhead_ms end) as p99_ms,
    max(overhead_ms) as max_ms,
    cast(sum(overhead_us) as double) / nullif(cast(sum(waited_us) as double), 0) as overhead_ratio

from ranked

group by chain_length

order by shortest_calls, chains, chain_length
