-- name:    sre/coverage_by_field
-- purpose: How many calls have each of the twelve contract fields, from whichever side.
-- readers: SRE, SOC, FinOps
-- grain:   one row per contract field, least complete first
-- param:   from_at          timestamptz  UTC      window start, inclusive (default: now-30d)
-- param:   to_at            timestamptz  UTC      window end, exclusive (default: now)
-- column:  field            varchar      -        contract field
-- column:  state            varchar      -        complete, partial, missing (no call has it), or no_data (no call was seen: not 0 %)
-- column:  filled_ratio     double       ratio    filled_calls / calls; null without calls
-- column:  calls            bigint       calls    tool calls, corrected for sampling
-- column:  filled_calls     bigint       calls    of these, have the field
-- column:  missing_calls    bigint       calls    of these, lack it
-- column:  missing_servers  bigint       servers  servers with a call that lacks it; sre/coverage_by_server names them

with

fields as (

    select 'timestamp' as field
    union all
    select 'agent_id' as field
    union all
    select 'server_id' as field
    union all
    select 'tool_name' as field
    union all
    select 'mcp_session_id' as field
    union all
    select 'caller_identity' as field
    union all
    select 'downstream_resource' as field
    union all
    select 'authorization_mode' as field
    union all
    select 'approval_required' as field
    union all
    select 'approval_result' as field
    union all
    select 'latency_ms' as field
    union all
    select 'result_code' as field

),

-- Few kinds of holes, many calls: what is crossed with the fields is counted first.
holes as (

    select
        ',' || missing_fields || ',' as missing,
        coalesce(server_id, '(unknown server)') as server_id,
        sum(weight) as calls

    from tool_calls

    where
        "timestamp" >= {from_at:Timestamp}
        and "timestamp" < {to_at:Timestamp}

    group by
        missing_fields,
        server_id

),

holes_by_field as (

    select
        field,
        server_id,
        calls,
        case when x_contains(missing, ',' || field || ',') then calls else 0 end as missing_calls

    from fields
    left join holes on true

),

counted as (

    select
        field,
        cast(coalesce(sum(calls), 0) as bigint) as calls,
        cast(coalesce(sum(missing_calls), 0) as bigint) as missing_calls,
        count(distinct case when missing_calls > 0 then server_id end) as missing_servers

    from holes_by_field

    group by field

)

select
    field,
    case
        when calls = 0 then 'no_data'
        when missing_calls = 0 then 'complete'
        when missing_calls = calls then 'missing'
        else 'partial'
    end as state,
    (calls - missing_calls) / nullif(calls, 0) as filled_ratio,
    calls,
    calls - missing_calls as filled_calls,
    missing_calls,
    missing_servers

from counted

order by filled_ratio, field
