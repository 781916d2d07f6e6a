-- name:    correlate/match/line_up_by_session
-- purpose: Open calls of both sides that share an MCP session and a tool, under the gateway's name for
--          the session. Servers are compared only where the inventory knows both: different names alone
--          do not make different servers.
-- readers: later steps
-- grain:   one row per open call and side
-- param:   servers  varchar  -  'same', 'gateway_unknown' or 'server_unknown'
-- param:   by_id    boolean  -  both sides name the same JSON-RPC id as well

with

sides as (

    select
        'gateway' as side,
        gateway_id as id,
        cast(at_us as double) as at_us,
        reach_us,
        cast(0.0 as double) as slack_us,
        true as is_clocked,
        mcp_session_id,
        tool_name,
        known_server_id,
        rpc_request_id
    from open_gateway
    where
        is_forwarded
        and is_call
        and ({servers:Varchar} = 'gateway_unknown') = (known_server_id is null)

    union all

    select
        'server' as side,
        server.server_key as id,
        server.gateway_us as at_us,
        cast(0.0 as double) as reach_us,
        server.slack_us,
        server.is_clocked,
        coalesce(aliases.session_key, server.mcp_session_id) as mcp_session_id,
        server.tool_name,
        server.known_server_id,
        server.rpc_request_id
    from open_server as server
    left join session_names as aliases on server.mcp_session_id = aliases.alias
    where
        {servers:Varchar} = 'gateway_unknown'
        or ({servers:Varchar} = 'server_unknown') = (server.known_server_id is null)

)

select
    mcp_session_id || '|' || tool_name
        || case when {servers:Varchar} = 'same' then '|' || known_server_id else '' end
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
    mcp_session_id is not null
    and tool_name is not null
    and (not {by_id:Boolean} or rpc_request_id is not null)
