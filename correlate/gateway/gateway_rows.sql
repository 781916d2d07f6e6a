-- name:    correlate/gateway/gateway_rows
-- purpose: The gateway's view of each request and of each JSON-RPC item, narrow, with names resolved.
-- readers: later steps
-- grain:   one row per gateway request or call event

select
    event.event_id,
    coalesce(event.correlation_id, x_text(event.event_id)) as request_key,
    case
        when event.kind = 'call' then 'mcp'
        when event.source_table = 'AppRequests' then 'app'
        else 'log'
    end as role,
    event.item_no,
    case when event.resource_id is null then 0 else 1 end as has_resource,
    -- A tool name without a method can only be a tools/call: nothing else names a tool.
    coalesce(event.mcp_method, case when event.tool_name is not null then 'tools/call' end) as mcp_method,
    event.tool_name,
    event.mcp_session_id,
    coalesce(agent.agent_id, event.agent_id) as agent_id,
    event.server_id,
    server.server_id as known_server_id,
    event.operation_id,
    event.span_id,
    event.rpc_request_id,
    x_us(event.occurred_at) as at_us,
    event.latency_ms,
    coalesce(event.latency_shared, false) as latency_shared,
    coalesce(event.http_method, 'POST') = 'POST' as is_post,
    -- Refused by the gateway itself: no backend saw it.
    coalesce(event.http_status, 0) in (401, 403, 429) and coalesce(event.backend_latency_ms, 0) = 0
        as is_refused
from events as event
left join known_server_names as server on x_lower(event.server_id) = server.name
left join known_agent_names as agent on x_lower(event.agent_id) = agent.name
where event.layer = 'gateway' and event.kind in ('request', 'call')
