-- name:    correlate/server/server_records
-- purpose: What servers recorded about single tool calls: `mcp.tool_call` records and MCP server spans.
--          A caller's own span is not the server's evidence; it lends its fields instead.
-- readers: later steps
-- grain:   one row per record of a tools/call, and per span told more than once

with

calls as (

    select
        *,
        source_table not in ('AppTraces', 'AppEvents')
            and operation_id is not null
            and span_id is not null as is_span
    from events
    where
        layer = 'server'
        and kind = 'call'
        and coalesce(mcp_method, 'tools/call') = 'tools/call'
        and coalesce(x_json1(tags, 'span_kind'), 'server') <> 'client'

),

copies as (

    -- Few spans came more than once.
    select operation_id, span_id, min(event_id) as kept_event_id
    from calls
    where is_span
    group by operation_id, span_id
    having count(*) > 1

)

select
    event.event_id,
    event.is_span,
    -- Copies of one span are one record: the first by id tells, the others belong to it.
    case
        when event.is_span then coalesce(copies.kept_event_id, event.event_id)
        else event.event_id
    end as kept_event_id,
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
    event.http_status,
    coalesce(event.latency_ms, 0.0) * 1000.0 as reach_us,
    x_us(event.occurred_at) as at_us
from calls as event
left join copies on event.operation_id = copies.operation_id and event.span_id = copies.span_id
left join known_server_names as server on x_lower(event.server_id) = server.name
left join known_agent_names as agent on x_lower(event.agent_id) = agent.name
