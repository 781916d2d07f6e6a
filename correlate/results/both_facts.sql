-- name:    correlate/results/both_facts
-- purpose: What both sides say about a call.
-- readers: results/request_facts
-- grain:   one row per call
-- as:      view

select
    gateway.*,
    server.is_recorded,
    server.server_at,
    server.server_agent_id,
    server.server_agent_id_source,
    server.server_agent_id_kind,
    server.server_side_id,
    server.server_tool_name,
    server.server_mcp_session_id,
    server.server_conversation_id,
    server.server_caller_identity,
    server.server_downstream_resource,
    server.server_authorization_mode,
    server.server_approval_required,
    server.server_approval_result,
    server.server_approval_id,
    server.server_approval_wait_ms,
    server.server_latency_ms,
    server.server_http_status,
    server.server_record_success,
    server.has_span,
    server.server_request_success,
    server.server_rpc_error_code,
    server.server_tool_is_error,
    server.server_error_type,
    server.server_result_code,
    server.server_result_type,
    server.server_client_name,
    server.server_caller_ip,
    server.server_version,
    server.server_operation_id,
    server.server_span_id,
    server.server_arguments_hash,
    server.server_weight
from gateway_facts as gateway
inner join server_facts as server on gateway.call_id = server.call_id
