-- name:    correlate/match/parents
-- purpose: Which gateway request a server call names as its parent.
-- readers: later steps
-- grain:   one row per server call and gateway request around it

select
    server.server_key,
    gateway.gateway_id,
    gateway.request_key,
    -- One of the two must know that this was a tools/call, and they must not name different tools.
    (server.is_call or gateway.is_call)
        and coalesce(server.tool_name = gateway.tool_name, true) as is_possible
from server_calls as server
inner join gateway_spans as spans
    on server.entry_operation_id = spans.operation_id
    and server.entry_span_id = spans.span_id
inner join gateway_calls as gateway on spans.request_key = gateway.request_key
