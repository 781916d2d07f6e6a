-- name:    correlate/match/line_up_by_session
-- purpose: Open calls of both sides that share an MCP session and a tool. Servers are compared only
--          where the inventory knows both: different names alone do not make different servers.
-- readers: later steps
-- grain:   one row per open call and side
-- param:   servers  varchar  -  'same', 'gateway_unknown' or 'server_unknown'

select
    mcp_session_id || '|' || tool_name
        || case when {servers:Varchar} = 'same' then '|' || known_server_id else '' end as match_key,
    'gateway' as side,
    gateway_id as id,
    cast(at_us as double) as at_us,
    reach_us
from open_gateway
where
    is_forwarded
    and is_call
    and mcp_session_id is not null
    and tool_name is not null
    and ({servers:Varchar} = 'gateway_unknown') = (known_server_id is null)

union all

select
    mcp_session_id || '|' || tool_name
        || case when {servers:Varchar} = 'same' then '|' || known_server_id else '' end as match_key,
    'server' as side,
    server_key as id,
    gateway_us as at_us,
    0.0 as reach_us
from timed_servers
where
    mcp_session_id is not null
    and tool_name is not null
    and case
        when {servers:Varchar} = 'same' then known_server_id is not null
        when {servers:Varchar} = 'server_unknown' then known_server_id is null
        else true
    end
