-- name:    sre/latency_by_tool
-- purpose: How long each tool takes: exact percentiles, never averaged.
-- readers: SRE
-- grain:   one row per server and tool, slowest p95 first
-- brief:   server_id, tool_name, tool_class, calls, p50_ms, p95_ms, p99_ms, max_ms
-- param:   from_at           timestamptz  UTC    window start, inclusive (default: now-30d)
-- param:   to_at             timestamptz  UTC    window end, exclusive (default: now)
-- column:  server_id         varchar      -      MCP server
-- column:  tool_name         varchar      -      tool
-- column:  tool_class        varchar      -      read_only, write, destructive or unclassified
-- column:  calls             bigint       calls  calls whose latency is known, corrected for sampling; refused calls are left out
-- column:  rows              bigint       rows   evidence rows that the percentiles rest on
-- column:  unmeasured_calls  bigint       calls  calls without a latency
-- column:  p50_ms            double       ms     weighted nearest rank: at least half of the calls took at most this
-- column:  p95_ms            double       ms     likewise 95 in 100
-- column:  p99_ms            double       ms     likewise 99 in 100
-- column:  max_ms            double       ms     slowest

with

-- A call that was refused before execution answers fast and would flatter the percentiles.
calls as (

    select
        server_id,
        tool_name,
        tool_class,
        latency_ms,
        weight

    from tool_calls

    where
        "timestamp" >= {from_at:Timestamp}
        and "timestamp" < {to_at:Timestamp}
        and outcome not in ('denied', 'challenge')

),

-- The gateway logs whole milliseconds: there are far fewer of them than calls.
latencies as (

    select
        server_id,
        tool_name,
        tool_class,
        latency_ms,
        count(*) as rows,
        sum(weight) as weight

    from calls

    group by
        server_id,
        tool_name,
        tool_class,
        latency_ms

),

-- How many calls took at most this long, and how many there are.
ranked as (

    select
        *,
        sum(case when latency_ms is null then 0 else weight end) over (
            partition by server_id, tool_name, tool_class
            order by latency_ms
            rows between unbounded preceding and current row
        ) as calls_so_far,
        sum(case when latency_ms is null then 0 else weight end) over (
            partition by server_id, tool_name, tool_class
        ) as calls_in_all

    from latencies

)

select
    server_id,
    tool_name,
    tool_class,
    cast(sum(case when latency_ms is null then 0 else weight end) as bigint) as calls,
    cast(sum(case when latency_ms is null then 0 else rows end) as bigint) as rows,
    cast(sum(case when latency_ms is null then weight else 0 end) as bigint) as unmeasured_calls,
    min(case when calls_so_far * 100 >= calls_in_all * 50 then latency_ms end) as p50_ms,
    min(case when calls_so_far * 100 >= calls_in_all * 95 then latency_ms end) as p95_ms,
    min(case when calls_so_far * 100 >= calls_in_all * 99 then latency_ms end) as p99_ms,
    max(latency_ms) as max_ms

from ranked

group by
    server_id,
    tool_name,
    tool_class

order by p95_ms desc, server_id, tool_name, tool_class
