-- name:    sre/failures_by_layer
-- purpose: Where calls fail: the layer, what it said, and whom it hit.
-- readers: SRE
-- grain:   one row per outcome, layer and result code among failed and refused calls, most calls first
-- brief:   outcome, failure_layer, result_code, calls, calls_ratio, servers, agents, last_at
-- param:   from_at          timestamptz  UTC      window start, inclusive (default: now-30d)
-- param:   to_at            timestamptz  UTC      window end, exclusive (default: now)
-- column:  outcome          varchar      -        failure or denied
-- column:  failure_layer    varchar      -        where; null when the evidence does not say
-- column:  result_code      varchar      -        tool error, else JSON-RPC code, else gateway error, else HTTP status
-- column:  calls            bigint       calls    calls, corrected for sampling
-- column:  calls_ratio      double       ratio    of all failed and refused calls
-- column:  servers          bigint       servers  distinct servers
-- column:  tools            bigint       tools    distinct tool names
-- column:  agents           bigint       agents   distinct agents
-- column:  first_at         timestamptz  UTC      earliest
-- column:  last_at          timestamptz  UTC      latest
-- column:  example_call_id  uuid         -        the latest of them

with

counted as (

    select
        outcome,
        failure_layer,
        result_code,
        cast(sum(weight) as bigint) as calls,
        count(distinct server_id) as servers,
        count(distinct tool_name) as tools,
        count(distinct agent_id) as agents,
        min("timestamp") as first_at,
        max("timestamp") as last_at

    from tool_calls

    where
        "timestamp" >= {from_at:Timestamp}
        and "timestamp" < {to_at:Timestamp}
        and outcome in ('failure', 'denied')

    group by
        outcome,
        failure_layer,
        result_code

),

latest as (

    select
        outcome,
        failure_layer,
        result_code,
        call_id

    from tool_calls

    where
        "timestamp" >= {from_at:Timestamp}
        and "timestamp" < {to_at:Timestamp}
        and outcome in ('failure', 'denied')

    qualify row_number() over (
        partition by outcome, failure_layer, result_code
        order by "timestamp" desc, call_id
    ) = 1

)

select
    counted.outcome as outcome,
    counted.failure_layer as failure_layer,
    counted.result_code as result_code,
    counted.calls as calls,
    counted.calls / nullif(sum(counted.calls) over (), 0) as calls_ratio,
    counted.servers as servers,
    counted.tools as tools,
    counted.agents as agents,
    counted.first_at as first_at,
    counted.last_at as last_at,
    latest.call_id as example_call_id

from counted
inner join latest
    on counted.outcome = latest.outcome
    and coalesce(counted.failure_layer, '') = coalesce(latest.failure_layer, '')
    and coalesce(counted.result_code, '') = coalesce(latest.result_code, '')

order by calls desc, outcome, failure_layer, result_code
