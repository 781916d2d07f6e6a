-- name:    ingest/rehash
-- purpose: The hash that decides between copies, of what is left of the rows that were cleaned: it is a hash of what
--          is stored, so that nothing else can be guessed from it, and copies that differed in nothing else are equal.

update mapped
set
    content_hash = hash(item_no, source_table, layer, kind, occurred_at, received_at, resource_id, correlation_id, operation_id, linked_operation_id, span_id, parent_span_id, mcp_session_id, conversation_id, rpc_request_id, approval_id, token_id, agent_id, agent_id_source, agent_id_kind, server_id, tool_name, caller_identity, downstream_resource, authorization_mode, approval_required, approval_result, latency_ms, result_code, mcp_method, http_method, url_path, http_status, is_success, rpc_error_code, tool_is_error, error_type, result_type, latency_shared, backend_latency_ms, inbound_auth, credential_presented, challenge_offered, is_truncated, approval_requested_at, approval_decided_at, approval_expires_at, approval_wait_ms, approver, arguments_hash, client_name, client_version, caller_ip, server_version, region, environment, subscription_id, model, input_tokens, cached_input_tokens, output_tokens, cache_status, request_bytes, response_bytes, response_body_logged_bytes, weight, tags),
    is_dirty = false

where is_dirty or content_hash = 0
