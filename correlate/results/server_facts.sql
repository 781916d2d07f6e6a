-- name:    correlate/results/server_facts
-- purpose: What the server says about a call: its record first, then the MCP span, the request, and what was
--          lent.
-- readers: results/both_facts
-- grain:   one row per call

select
    ids.call_id,
    ids.record_event_id is not null or ids.span_event_id is not null as is_recorded,
    coalesce(
        case when ids.records_in_request = 1 then request.occurred_at end,
        span.occurred_at,
        record.occurred_at
    ) as server_at,
    coalesce(record.agent_id, request.agent_id, span.agent_id, lends.agent_id) as server_agent_id,
    case
        when record.agent_id is not null then record.agent_id_source
        when request.agent_id is not null then request.agent_id_source
        when span.agent_id is not null then span.agent_id_source
        else lends.agent_id_source
    end as server_agent_id_source,
    case
        when record.agent_id is not null then record.agent_id_kind
        when request.agent_id is not null then request.agent_id_kind
        when span.agent_id is not null then span.agent_id_kind
        else lends.agent_id_kind
    end as server_agent_id_kind,
    coalesce(record.server_id, span.server_id, request.server_id) as server_side_id,
    coalesce(record.tool_name, span.tool_name, request.tool_name, lends.tool_name) as server_tool_name,
    coalesce(record.mcp_session_id, request.mcp_session_id, span.mcp_session_id, lends.mcp_session_id) as server_mcp_session_id,
    coalesce(record.conversation_id, request.conversation_id, span.conversation_id, lends.conversation_id) as server_conversation_id,
    coalesce(record.caller_identity, request.caller_identity, span.caller_identity, lends.caller_identity) as server_caller_identity,
    coalesce(record.downstream_resource, span.downstream_resource, lends.downstream_resource, request.downstream_resource) as server_downstream_resource,
    coalesce(record.authorization_mode, span.authorization_mode, request.authorization_mode, lends.authorization_mode) as server_authorization_mode,
    coalesce(record.approval_required, span.approval_required, request.approval_required, lends.approval_required) as server_approval_required,
    coalesce(record.approval_result, span.approval_result, request.approval_result, lends.approval_result) as server_approval_result,
    coalesce(record.approval_id, span.approval_id, request.approval_id, lends.approval_id) as server_approval_id,
    coalesce(record.approval_wait_ms, span.approval_wait_ms, request.approval_wait_ms, lends.approval_wait_ms) as server_approval_wait_ms,
    case
        when ids.records_in_request = 1 then coalesce(request.latency_ms, span.latency_ms, record.latency_ms)
        else coalesce(record.latency_ms, span.latency_ms)
    end as server_latency_ms,
    coalesce(request.http_status, record.http_status, span.http_status) as server_http_status,
    coalesce(record.is_success, span.is_success) as server_record_success,
    ids.span_event_id is not null
        or (record.span_id is not null and record.source_table = 'OTelSpans') as has_span,
    request.is_success as server_request_success,
    coalesce(record.rpc_error_code, span.rpc_error_code, request.rpc_error_code) as server_rpc_error_code,
    coalesce(record.tool_is_error, span.tool_is_error, request.tool_is_error) as server_tool_is_error,
    coalesce(record.error_type, span.error_type, request.error_type, lends.error_type) as server_error_type,
    coalesce(record.result_code, span.result_code, request.result_code) as server_result_code,
    coalesce(record.result_type, span.result_type, request.result_type) as server_result_type,
    coalesce(record.client_name, span.client_name, request.client_name, lends.client_name) as server_client_name,
    coalesce(request.caller_ip, record.caller_ip, span.caller_ip) as server_caller_ip,
    coalesce(record.server_version, request.server_version, span.server_version, lends.server_version) as server_version,
    coalesce(request.operation_id, record.operation_id, span.operation_id) as server_operation_id,
    coalesce(request.span_id, span.span_id, record.span_id) as server_span_id,
    coalesce(record.arguments_hash, span.arguments_hash, request.arguments_hash, lends.arguments_hash) as server_arguments_hash,
    coalesce(record.weight, span.weight, request.weight) as server_weight
from call_ids as ids
-- Most calls have one: the first of several joins looks for the calls of the events, the others for events of the calls.
left join (select * from events where layer = 'server' and kind = 'request') as request
    on ids.request_event_id = request.event_id
left join (select * from events where layer = 'server' and kind = 'call') as record
    on ids.record_event_id = record.event_id
left join (
    -- Few calls have a record and a span.
    select events.*
    from events
    semi join call_ids on events.event_id = call_ids.span_event_id
    where events.layer = 'server' and events.kind = 'call'
) as span
    on ids.span_event_id = span.event_id
left join lends on ids.server_key = lends.target_id
