-- name:    correlate/server/server_evidence
-- purpose: Each server-side tool call once: a record with its request, or a request without any record.
--          A request without method and tool is kept as a candidate: the gateway may know what it was.
-- readers: later steps
-- grain:   one row per server call or candidate

with

spans as (

    -- Few records stand inside a span.
    select record.*
    from server_records as record
    semi join record_links on record.event_id = record_links.span_event_id

),

recorded as (

    select
        record.event_id as server_key,
        record.event_id as record_event_id,
        link.span_event_id,
        request.event_id as request_event_id,
        record.operation_id,
        coalesce(record.span_id, record.parent_span_id) as record_span_id,
        coalesce(request.span_id, span.span_id) as request_span_id,
        coalesce(request.operation_id, record.operation_id) as request_operation_id,
        case
            when request.operation_id <> record.operation_id then request.operation_id
            else coalesce(record.linked_operation_id, span.linked_operation_id, request.linked_operation_id)
        end as other_operation_id,
        coalesce(request.operation_id, record.operation_id) as entry_operation_id,
        case
            when request.event_id is not null then request.parent_span_id
            else coalesce(span.parent_span_id, record.parent_span_id)
        end as entry_span_id,
        coalesce(record.tool_name, span.tool_name) as tool_name,
        coalesce(record.rpc_request_id, span.rpc_request_id) as rpc_request_id,
        coalesce(record.mcp_session_id, span.mcp_session_id, request.mcp_session_id) as mcp_session_id,
        coalesce(record.agent_id, span.agent_id, request.agent_id) as agent_id,
        coalesce(record.known_server_id, span.known_server_id, request.known_server_id) as known_server_id,
        coalesce(record.server_id, span.server_id, request.server_id) as server_id,
        case
            -- Items that have an id need no times of their own to be told apart.
            when link.records_in_request = 1 or record.rpc_request_id is not null
                then coalesce(request.at_us, span.at_us, record.at_us)
            else coalesce(span.at_us, record.at_us)
        end as at_us,
        coalesce(request.reach_us, span.reach_us, record.reach_us) as reach_us,
        coalesce(request.http_status, span.http_status, record.http_status, 0) >= 500 as has_failed,
        coalesce(link.records_in_request, 1) as records_in_request,
        true as is_call
    from server_records as record
    inner join record_links as link on record.event_id = link.record_event_id
    left join spans as span on link.span_event_id = span.event_id
    left join server_requests as request on link.request_event_id = request.event_id

),

bare_requests as (

    select request.*
    from server_requests as request
    anti join record_links as link on request.event_id = link.request_event_id
    where coalesce(request.mcp_method, 'tools/call') = 'tools/call'

)

select * from recorded

union all

select
    event_id as server_key,
    cast(null as uuid) as record_event_id,
    cast(null as uuid) as span_event_id,
    event_id as request_event_id,
    operation_id,
    cast(null as varchar) as record_span_id,
    span_id as request_span_id,
    operation_id as request_operation_id,
    linked_operation_id as other_operation_id,
    operation_id as entry_operation_id,
    parent_span_id as entry_span_id,
    tool_name,
    rpc_request_id,
    mcp_session_id,
    agent_id,
    known_server_id,
    server_id,
    at_us,
    reach_us,
    coalesce(http_status, 0) >= 500 as has_failed,
    1 as records_in_request,
    mcp_method is not null as is_call
from bare_requests
