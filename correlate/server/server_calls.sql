-- name:    correlate/server/server_calls
-- purpose: The server-side calls and candidates that may meet a gateway request, with what was lent to
--          them. A silent request that another server or a tool made is no entry from the gateway.
-- readers: later steps
-- grain:   one row per server call or candidate

with

silent as (

    select server_key, entry_operation_id, entry_span_id
    from server_evidence
    where not is_call

),

inside_spans as (

    select operation_id, span_id
    from server_requests
    where span_id in (select entry_span_id from silent)
    union distinct
    select operation_id, span_id
    from server_records
    where span_id in (select entry_span_id from silent)
    union distinct
    select operation_id, span_id
    from lenders
    where kind = 'dependency' and span_id in (select entry_span_id from silent)

),

from_inside as (

    select distinct silent.server_key
    from silent
    inner join inside_spans
        on silent.entry_operation_id = inside_spans.operation_id
        and silent.entry_span_id = inside_spans.span_id
    left join gateway_spans
        on silent.entry_operation_id = gateway_spans.operation_id
        and silent.entry_span_id = gateway_spans.span_id
    where gateway_spans.span_id is null

),

callers as (

    -- The request of an agent that then called the gateway: an ancestor, not the server.
    select distinct silent.server_key
    from silent
    inner join server_evidence as evidence on silent.server_key = evidence.server_key
    inner join lenders as outgoing
        on evidence.request_operation_id = outgoing.operation_id
        and evidence.request_span_id = outgoing.parent_span_id
    inner join gateway_spans
        on outgoing.operation_id = gateway_spans.operation_id
        and outgoing.span_id = gateway_spans.span_id
    left join gateway_spans as entry
        on silent.entry_operation_id = entry.operation_id
        and silent.entry_span_id = entry.span_id
    where outgoing.kind in ('dependency', 'call') and entry.span_id is null

)

select
    evidence.server_key,
    evidence.request_event_id,
    evidence.operation_id,
    evidence.other_operation_id,
    evidence.entry_operation_id,
    evidence.entry_span_id,
    -- Tells one HTTP request to the server from another; a span that no request logged has only its parent for that.
    coalesce(x_text(evidence.request_event_id), evidence.entry_span_id) as entry_key,
    coalesce(evidence.tool_name, lends.tool_name) as tool_name,
    evidence.rpc_request_id,
    coalesce(evidence.mcp_session_id, lends.mcp_session_id) as mcp_session_id,
    coalesce(evidence.agent_id, lends.agent_id) as agent_id,
    evidence.known_server_id,
    evidence.server_id,
    evidence.at_us,
    evidence.reach_us,
    evidence.has_failed,
    evidence.is_call
from server_evidence as evidence
left join lends on evidence.server_key = lends.target_id
left join from_inside on evidence.server_key = from_inside.server_key
left join callers on evidence.server_key = callers.server_key
where from_inside.server_key is null and callers.server_key is null
