-- name:    sre/gateway_overhead_by_server
-- purpose: What the gateway itself costs a call: its own time, without the server's.
-- readers: SRE
-- grain:   one row per server, and one for all of them first
-- brief:   server_id, calls, unmeasured_calls, p50_ms, p95_ms, p99_ms, overhead_ratio
-- param:   from_at           timestamptz  UTC    window start, inclusive (default: now-30d)
-- param:   to_at             timestamptz  UTC    window end, exclusive (default: now)
-- column:  server_id         varchar      -      MCP server; null: all of them
-- column:  is_total          boolean      -      the row over all servers
-- column:  calls             bigint       calls  that ran and that the gateway saw
-- column:  unmeasured_calls  bigint       calls  of them without a known overhead: the server's own time is not known
-- column:  p50_ms            double       ms     weighted nearest rank: at least half of the measured calls cost at most this
-- column:  p95_ms            double       ms     likewise 95 in 100
-- column:  p99_ms            double       ms     likewise 99 in 100
-- column:  max_ms            double       ms     dearest
-- column:  overhead_ratio    double       ratio  overhead of the time that callers waited, over the measured calls

with

calls as (

    select
        server_id,
        gateway_overhead_ms,
        -- Whole microseconds add up to the same in any order.
        x_us(x_add_ms(x_ts('1970-01-01T00:00:00Z'), gateway_overhead_ms)) as overhead_us,
        x_us(x_add_ms(x_ts('1970-01-01T00:00:00Z'), gateway_latency_ms)) as waited_us,
        weight

    from tool_calls

    where
        gateway_seen
        and outcome not in ('denied', 'challenge')
        and "timestamp" >= {from_at:Timestamp}
        and "timestamp" < {to_at:Timestamp}

),

counted as (

    select server_id, false as is_total, gateway_overhead_ms, overhead_us, waited_us, weight
    from calls

    union all

    select cast(null as varchar) as server_id, true as is_total, gateway_overhead_ms, overhead_us, waited_us, weight
    from calls

),

ranked as (

    select
        *,
        sum(case when gateway_overhead_ms is null then 0 else weight end) over (
            partition by is_total, server_id
            order by gateway_overhead_ms
            rows between unbounded preceding and current row
        ) as calls_so_far,
        sum(case when gateway_overhead_ms is null then 0 else weight end) over (
            partition by is_total, server_id
        ) as calls_in_all

    from counted

)

select
    server_id,
    is_total,
    cast(sum(weight) as bigint) as calls,
    cast(sum(case when gateway_overhead_ms is null then weight else 0 end) as bigint) as unmeasured_calls,
    min(case when calls_so_far * 100 >= calls_in_all * 50 then gateway_overhead_ms end) as p50_ms,
    min(case when calls_so_far * 100 >= calls_in_all * 95 then gateway_overhead_ms end) as p95_ms,
    min(case when calls_so_far * 100 >= calls_in_all * 99 then gateway_overhead_ms end) as p99_ms,
    max(gateway_overhead_ms) as max_ms,
    cast(sum(overhead_us * weight) as double)
        / nullif(cast(sum(case when overhead_us is not null then waited_us * weight end) as double), 0)
        as overhead_ratio

from ranked

group by
    is_total,
    server_id

order by is_total desc, server_id
