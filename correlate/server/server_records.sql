-- name:    correlate/server/server_records
-- purpose: What servers recorded about single tool calls: `mcp.tool_call` records and MCP server spans.
--          A caller's own span is not the server's evidence; it lends its fields instead.
-- readers: later steps
-- grain:   one row per record of a tools/call

select
    event.event_id,
    event.operation_id,
    event.span_id,
    event.parent_span_id,
    event.linked_operation_id,
    event.tool_name,
    event.mcp_session_id,
    coalesce(agent.agent_id, event.agent_id) as agent_id,
    event.server_id,
    server.server_id as known_server_id,
    event.rpc_request_id,
    x_us(event.occurred_at) as at_us
from events as event
left join known_server_names as server on x_lower(event.server_id) = server.name
left join known_agent_names as agent on x_lower(event.agent_id) = agent.name
where
    event.layer = 'server'
    and event.kind = 'call'
    and coalesce(event.mcp_method, 'tools/call') = 'tools/call'
    and coalesce(x_json1(event.tags, 'span_kind'), 'server') <> 'client'
