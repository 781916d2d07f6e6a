-- name:    correlate/match/lone_sessions
-- purpose: Sessions in which a tool was called once on each side: what tells of a server's clock where no
--          trace does. Nothing is matched by it.
-- readers: later steps
-- grain:   one row per session and tool

with

gateways as (

    select mcp_session_id, coalesce(known_server_id, server_id, '') as any_server_id, tool_name, min(at_us) as at_us
    from open_gateway
    where mcp_session_id is not null and is_forwarded and is_call
    group by mcp_session_id, coalesce(known_server_id, server_id, ''), tool_name
    having count(*) = 1

),

servers as (

    select mcp_session_id, coalesce(known_server_id, server_id, '') as any_server_id, tool_name, min(at_us) as at_us, min(server_key) as server_key
    from open_server
    where mcp_session_id is not null
    group by mcp_session_id, coalesce(known_server_id, server_id, ''), tool_name
    having count(*) = 1

)

select
    servers.server_key,
    servers.any_server_id as offset_server_id,
    x_div(servers.at_us, 3600000000) as hour_no,
    cast(servers.at_us - gateways.at_us as double) as difference_us
from gateways
inner join servers
    on gateways.mcp_session_id = servers.mcp_session_id
    and gateways.any_server_id = servers.any_server_id
    and gateways.tool_name = servers.tool_name
