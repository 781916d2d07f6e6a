-- name:    sre/calls_by_day
-- purpose: How many calls a day and how they went.
-- readers: SRE, SOC, FinOps
-- grain:   one row per day (UTC) with calls and outcome, in time order
-- param:   from_at  timestamptz  UTC      window start, inclusive (default: now-30d)
-- param:   to_at    timestamptz  UTC      window end, exclusive (default: now)
-- column:  day      timestamptz  UTC      start of the day
-- column:  outcome  varchar      -        success, failure, denied, challenge or unknown
-- column:  calls    bigint       calls    tool calls, corrected for sampling
-- column:  agents   bigint       agents   distinct agents
-- column:  servers  bigint       servers  distinct servers

select
    x_bin("timestamp", 86400) as day,
    outcome,
    cast(sum(weight) as bigint) as calls,
    count(distinct agent_id) as agents,
    count(distinct server_id) as servers

from tool_calls

where
    "timestamp" >= {from_at:Timestamp}
    and "timestamp" < {to_at:Timestamp}

group by
    x_bin("timestamp", 86400),
    outcome

order by day, outcome
