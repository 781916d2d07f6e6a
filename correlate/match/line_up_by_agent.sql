-- name:    correlate/match/line_up_by_agent
-- purpose: Open calls of both sides with the same agent, server and tool.
-- readers: later steps
-- grain:   one row per open call and side

select
    x_lower(agent_id) || '|' || x_lower(coalesce(known_server_id, server_id)) || '|' || tool_name as match_key,
    'gateway' as side,
    gateway_id as id,
    cast(at_us as double) as at_us,
    reach_us
from open_gateway
where
    is_forwarded
    and is_call
    and agent_id is not null
    and coalesce(known_server_id, server_id) is not null
    and tool_name is not null

union all

select
    x_lower(agent_id) || '|' || x_lower(coalesce(known_server_id, server_id)) || '|' || tool_name as match_key,
    'server' as side,
    server_key as id,
    gateway_us as at_us,
    0.0 as reach_us
from timed_servers
where
    agent_id is not null
    and coalesce(known_server_id, server_id) is not null
    and tool_name is not null
