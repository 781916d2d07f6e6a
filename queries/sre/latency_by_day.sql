-- name:    sre/latency_by_day
-- purpose: How latency without human approval moved: exact percentiles of each day and class of tool.
-- readers: SRE
-- grain:   one row per day (UTC) with calls and class of tool, in time order
-- param:   from_at           timestamptz  UTC    window start, inclusive (default: now-30d)
-- param:   to_at             timestamptz  UTC    window end, exclusive (default: now)
-- column:  day               timestamptz  UTC    start of the day
-- column:  tool_class        varchar      -      read_only, write, destructive or unclassified
-- column:  calls             bigint       calls  calls whose latency without approval is known, corrected for sampling; refused calls are left out
-- column:  rows              bigint       rows   evidence rows that the percentiles rest on
-- column:  unmeasured_calls  bigint       calls  calls without such a latency
-- column:  p50_ms            double       ms     weighted nearest rank: at least half of the calls took at most this
-- column:  p95_ms            double       ms     likewise 95 in 100
-- column:  p99_ms            double       ms     likewise 99 in 100
-- column:  max_ms            double       ms     slowest

with

-- A call that was refused before execution answers fast and would flatter the percentiles.
calls as (

    select
        x_bin("timestamp", 86400) as day,
        tool_class,
        active_latency_ms as latency_ms,
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
        day,
        tool_class,
        latency_ms,
        count(*) as rows,
        sum(weight) as weight

    from calls

    group by
        day,
        tool_class,
        latency_ms

),

-- How many calls took at most this long, and how many there are.
ranked as (

    select
        *,
        sum(case when latency_ms is null then 0 else weight end) over (
            partition by day, tool_class
            order by latency_ms
            rows between unbounded preceding and current row
        ) as calls_so_far,
        sum(case when latency_ms is null then 0 else weight end) over (
            partition by day, tool_class
        ) as calls_in_all

    from latencies

)

select
    day,
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
    day,
    tool_class

order by day, tool_class
