-- name:    ingest/stood_in
-- purpose: The rows that were just mapped, with something in place of each value that could not be read.
-- grain:   one row per evidence item

select
    record_id,
    item_no,
    occurred_at,
    received_at,
    operation_id,
    mcp_session_id,
    agent_id,
    agent_id_source,
    tool_name,
    as_caller(caller_identity) as caller_identity,
    mcp_method,
    client_name,
    authorization_mode,
    approval_required,
    approval_result,
    latency_ms,
    http_status,
    is_success,
    rpc_error_code,
    tool_is_error,
    backend_latency_ms,
    credential_presented,
    challenge_offered,
    is_truncated,
    approval_requested_at,
    approval_decided_at,
    approval_expires_at,
    approval_wait_ms,
    input_tokens,
    cached_input_tokens,
    output_tokens,
    request_bytes,
    response_bytes,
    response_body_logged_bytes,
    weight,
    as_owned(tags) as tags

from (select * from empty_evidence union all by name from given)
