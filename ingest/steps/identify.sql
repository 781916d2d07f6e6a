-- name:    ingest/identify
-- purpose: Rows of a source with their identity: the event's id, which never rests on time, transport
--          or arrival, and the hash that decides between copies of one event.
-- grain:   one row per evidence item

select
    given_rows.*,
    cast(md5(concat_ws(chr(31), source_table, coalesce(resource_id, ''), natural_key, item_no)) as uuid) as event_id,
    hash(item_no, source_table, layer, kind, occurred_at, received_at, resource_id, correlation_id, operation_id, linked_operation_id, span_id, parent_span_id, mcp_session_id, conversation_id, rpc_request_id, approval_id, token_id, agent_id, agent_id_source, agent_id_kind, server_id, tool_name, caller_identity, downstream_resource, authorization_mode, approval_required, approval_result, latency_ms, result_code, mcp_method, http_method, url_path, http_status, is_success, rpc_error_code, tool_is_error, error_type, result_type, latency_shared, backend_latency_ms, inbound_auth, credential_presented, challenge_offered, is_truncated, approval_requested_at, approval_decided_at, approval_expires_at, approval_wait_ms, approver, arguments_hash, client_name, client_version, caller_ip, server_version, region, environment, subscription_id, model, input_tokens, cached_input_tokens, output_tokens, cache_status, request_bytes, response_bytes, response_body_logged_bytes, weight, tags) as content_hash,
    -- One look at all texts of a row; most rows have nothing to clean. See needs_cleaning for what parts them.
    needs_cleaning(concat_ws(chr(31), source_table, layer, kind, resource_id, correlation_id, operation_id, linked_operation_id, span_id, parent_span_id, mcp_session_id, conversation_id, rpc_request_id, approval_id, token_id, agent_id, agent_id_source, agent_id_kind, tool_name, authorization_mode, approval_result, result_code, mcp_method, http_method, url_path, error_type, result_type, inbound_auth, client_name, region, environment, subscription_id, model, cache_status, arguments_hash, cast(tags as varchar), chr(30), server_id, downstream_resource, client_version, server_version, chr(29), caller_identity, approver, caller_ip)) as is_dirty

from (
    select * replace (as_caller(caller_identity) as caller_identity, as_caller(approver) as approver, as_address(caller_ip) as caller_ip, as_owned(tags) as tags)
    from (select * from empty_evidence union all by name select *, getvariable('source_table') as source_table from given)
) as given_rows
