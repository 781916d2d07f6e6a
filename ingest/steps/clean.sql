-- name:    ingest/clean
-- purpose: Takes secrets, control characters and excessive length out of the rows that have them.

update mapped
set
    resource_id = kept(resource_id),
    correlation_id = kept(correlation_id),
    operation_id = kept(operation_id),
    linked_operation_id = kept(linked_operation_id),
    span_id = kept(span_id),
    parent_span_id = kept(parent_span_id),
    mcp_session_id = kept(mcp_session_id),
    conversation_id = kept(conversation_id),
    rpc_request_id = kept(rpc_request_id),
    approval_id = kept(approval_id),
    token_id = kept(token_id),
    agent_id = kept(agent_id),
    server_id = kept(server_id),
    tool_name = kept(tool_name),
    caller_identity = kept(caller_identity),
    downstream_resource = kept(downstream_resource),
    result_code = kept(result_code),
    mcp_method = kept(mcp_method),
    http_method = kept(http_method),
    url_path = kept(url_path),
    error_type = kept(error_type),
    result_type = kept(result_type),
    approver = kept(approver),
    client_name = kept(client_name),
    client_version = kept(client_version),
    caller_ip = kept(caller_ip),
    server_version = kept(server_version),
    region = kept(region),
    environment = kept(environment),
    subscription_id = kept(subscription_id),
    model = kept(model),
    cache_status = kept(cache_status),
    arguments_hash = kept(arguments_hash),
    arguments_text = null,
    is_dirty = false,
    tags = cast(scrub(cast(tags as varchar)) as json)

where is_dirty
