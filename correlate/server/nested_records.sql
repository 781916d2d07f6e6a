-- name:    correlate/server/nested_records
-- purpose: An `mcp.tool_call` record written inside an MCP server span tells of the same call as the span.
-- readers: later steps
-- grain:   one row per MCP server span that holds a record; the first record owns the span

select
    inner_record.event_id as record_event_id,
    outer_span.event_id as span_event_id
from server_records as outer_span
inner join server_records as inner_record
    on outer_span.operation_id = inner_record.operation_id
    and outer_span.span_id = coalesce(inner_record.parent_span_id, inner_record.span_id)
where
    outer_span.is_span
    and not inner_record.is_span
    and outer_span.event_id = outer_span.kept_event_id
    and inner_record.event_id = inner_record.kept_event_id
qualify row_number() over (
    partition by outer_span.event_id
    order by inner_record.at_us, inner_record.rpc_request_id, inner_record.event_id
) = 1
