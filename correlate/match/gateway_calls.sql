-- name:    correlate/match/gateway_calls
-- purpose: The gateway's side of the ladder, with what was lent to it.
-- readers: later steps
-- grain:   one row per gateway call or candidate

select
    requests.gateway_id,
    requests.request_key,
    requests.operation_id,
    coalesce(requests.tool_name, lends.tool_name) as tool_name,
    requests.rpc_request_id,
    coalesce(requests.mcp_session_id, lends.mcp_session_id) as mcp_session_id,
    coalesce(requests.agent_id, lends.agent_id) as agent_id,
    requests.known_server_id,
    requests.server_id,
    requests.at_us,
    requests.reach_us,
    requests.is_call,
    requests.is_forwarded
from gateway_requests as requests
left join lends on requests.gateway_id = lends.target_id
