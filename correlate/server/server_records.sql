-- name:    correlate/server/server_records
-- purpose: What servers recorded about single tool calls: `mcp.tool_call` records and MCP server spans.
--          A caller's own span is not the server's evidence; it lends its fields instead.
-- readers: later steps
-- grain:   one row per record of a tools/call, and per span or record told more than once

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

),

written as (

    select
        event_id,
        source_table,
        operation_id,
        parent_span_id,
        tool_name,
        x_us(occurred_at) as at_us,
        coalesce(rpc_request_id, '') as rpc_request_id,
        coalesce(arguments_hash, '') as arguments_hash
    from calls
    where not is_span and operation_id is not null and parent_span_id is not null

),

twins as (

    -- One record that was written as a trace and as a custom event.
    select traced.event_id, min(custom.event_id) as kept_event_id
    from (select * from written where source_table = 'AppTraces') as traced
    inner join (select * from written where source_table = 'AppEvents') as custom
        on traced.operation_id = custom.operation_id
        and traced.parent_span_id = custom.parent_span_id
        and traced.tool_name = custom.tool_name
        and traced.at_us = custom.at_us
        and traced.rpc_request_id = custom.rpc_request_id
        and traced.arguments_hash = custom.arguments_hash
    group by traced.event_id
    having count(*) = 1

)

select
    event.event_id,
    event.is_span,
    -- Copies are one record: one tells, the others belong to it.
    case
        when event.is_span then coalesce(copies.kept_event_id, event.event_id)
        else coalesce(twins.kept_event_id, event.event_id)
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
left join twins on event.event_id = twins.event_id
left join known_server_names as server on x_lower(event.server_id) = server.name
left join known_agent_names as agent on x_lower(event.agent_id) = agent.name
