-- name:    correlate/match/line_up_by_agent
-- purpose: Open calls of both sides with the same agent, server and tool.
-- readers: later steps
-- grain:   one row per open call and side
-- param:   by_id  boolean  -  both sides name the same JSON-RPC id as well

with

sides as (

    select
        'gateway' as side,
        gateway_id as id,
        cast(at_us as double) as at_us,
        reach_us,
        cast(0.0 as double) as slack_us,
        true as is_clocked,
        agent_id,
        coalesce(known_server_id, server_id) as any_server_id,
        tool_name,
        rpc_request_id
    from open_gateway
    where is_forwarded and is_call

    union all

    select
        'server' as side,
        server_key as id,
        gateway_us as at_us,
        cast(0.0 as double) as reach_us,
        slack_us,
        is_clocked,
        agent_id,
        coalesce(known_server_id, server_id) as any_server_id,
        tool_name,
        rpc_request_id
    from open_server

)

select
    x_lower(agent_id) || '|' || x_lower(any_server_id) || '|' || tool_name
        || case when {by_id:Boolean} then '|' || rpc_request_id else '' end as match_key,
    side,
    id,
    at_us,
    reach_us,
    slack_us,
    is_clocked,
    rpc_request_id
from sides
where
    agent_id is not null
    and any_server_id is not null
    and tool_name is not null
    and (not {by_id:Boolean} or rpc_request_id is not null)
