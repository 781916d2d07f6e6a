-- name:    correlate/server/server_requests
-- purpose: The HTTP requests servers reported, narrow, with names resolved; copies of one span are one.
-- readers: later steps
-- grain:   one row per request span

select
    event.event_id,
    event.operation_id,
    event.span_id,
    event.parent_span_id,
    event.linked_operation_id,
    coalesce(event.mcp_method, case when event.tool_name is not null then 'tools/call' end) as mcp_method,
    event.tool_name,
    event.rpc_request_id,
    event.http_status,
    event.mcp_session_id,
    coalesce(agent.agent_id, event.agent_id) as agent_id,
    event.server_id,
    server.server_id as known_server_id,
    x_us(event.occurred_at) as at_us,
    coalesce(event.latency_ms, 0.0) * 1000.0 as reach_us
from events as event
left join known_server_names as server on x_lower(event.server_id) = server.name
left join known_agent_names as agent on x_lower(event.agent_id) = agent.name
left join request_copies as copies on event.event_id = copies.event_id
where event.layer = 'server' and event.kind = 'request' and copies.event_id is null
