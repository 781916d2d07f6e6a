-- name:    sre/coverage_holes
-- purpose: Which contract fields the calls of each server lack, and which side could have logged them: what to fix first.
-- readers: SRE, SOC
-- grain:   one row per server, missing field and side that could supply it; most calls first
-- brief:   field, server_id, side, missing_ratio, missing_calls, seen_calls
-- param:   from_at        timestamptz  UTC    window start, inclusive (default: now-30d)
-- param:   to_at          timestamptz  UTC    window end, exclusive (default: now)
-- column:  field          varchar      -      contract field
-- column:  server_id      varchar      -      MCP server
-- column:  api_id         varchar      -      what the gateway calls it; null: no gateway log names it
-- column:  server_owner   varchar      -      whom to ask
-- column:  side           varchar      -      gateway or server; approvals are known to the server alone
-- column:  missing_ratio  double       ratio  missing_calls / calls
-- column:  calls          bigint       calls  calls of the server, corrected for sampling
-- column:  missing_calls  bigint       calls  of these, lack the field
-- column:  seen_calls     bigint       calls  of the missing_calls, were seen by the side, and not with the field

with

fields as (

    select 'agent_id' as field, true as is_known_to_gateway
    union all
    select 'server_id' as field, true as is_known_to_gateway
    union all
    select 'tool_name' as field, true as is_known_to_gateway
    union all
    select 'mcp_session_id' as field, true as is_known_to_gateway
    union all
    select 'caller_identity' as field, true as is_known_to_gateway
    union all
    select 'downstream_resource' as field, true as is_known_to_gateway
    union all
    select 'authorization_mode' as field, true as is_known_to_gateway
    union all
    select 'approval_required' as field, false as is_known_to_gateway
    union all
    select 'approval_result' as field, false as is_known_to_gateway
    union all
    select 'latency_ms' as field, true as is_known_to_gateway
    union all
    select 'result_code' as field, true as is_known_to_gateway

),

-- Few kinds of holes, many calls: what is crossed with the fields is counted first.
holes as (

    select
        server_id,
        server_owner,
        ',' || missing_fields || ',' as missing,
        sum(weight) as calls,
        sum(case when gateway_seen then weight else 0 end) as gateway_calls,
        sum(case when server_seen then weight else 0 end) as server_calls

    from tool_calls

    where
        "timestamp" >= {from_at:Timestamp}
        and "timestamp" < {to_at:Timestamp}

    group by
        server_id,
        server_owner,
        missing_fields

),

counted as (

    select
        field,
        is_known_to_gateway,
        server_id,
        server_owner,
        sum(calls) as calls,
        sum(case when x_contains(missing, ',' || field || ',') then calls else 0 end) as missing_calls,
        sum(case when x_contains(missing, ',' || field || ',') then gateway_calls else 0 end)
            as gateway_calls,
        sum(case when x_contains(missing, ',' || field || ',') then server_calls else 0 end)
            as server_calls

    from holes
    cross join fields

    group by
        field,
        is_known_to_gateway,
        server_id,
        server_owner

),

-- A gateway that did not see the calls cannot log more of them; a server can begin to.
by_side as (

    select field, server_id, server_owner, 'gateway' as side, calls, missing_calls, gateway_calls as seen_calls
    from counted
    where is_known_to_gateway and gateway_calls > 0

    union all

    select field, server_id, server_owner, 'server' as side, calls, missing_calls, server_calls as seen_calls
    from counted
    where missing_calls > 0

),

apis as (

    select
        names.server_id,
        min(event.server_id) as api_id

    from events as event
    inner join server_names as names on x_lower(event.server_id) = names.name

    where
        event.source_table = 'ApiManagementGatewayLogs'
        and event.occurred_at >= {from_at:Timestamp}
        and event.occurred_at < {to_at:Timestamp}

    group by names.server_id

)

select
    by_side.field,
    coalesce(by_side.server_id, '(unknown server)') as server_id,
    apis.api_id,
    by_side.server_owner,
    by_side.side,
    by_side.missing_calls / nullif(by_side.calls, 0) as missing_ratio,
    cast(by_side.calls as bigint) as calls,
    cast(by_side.missing_calls as bigint) as missing_calls,
    cast(by_side.seen_calls as bigint) as seen_calls

from by_side
left join apis on by_side.server_id = apis.server_id

order by missing_calls desc, field, server_id, side
