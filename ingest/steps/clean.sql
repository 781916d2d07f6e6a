-- name:    ingest/clean
-- purpose: Puts the texts that were cleaned in the place of those that were not.

update mapped
set
    correlation_id = coalesce(texts['correlation_id'], correlation_id),
    operation_id = coalesce(texts['operation_id'], operation_id),
    linked_operation_id = coalesce(texts['linked_operation_id'], linked_operation_id),
    span_id = coalesce(texts['span_id'], span_id),
    parent_span_id = coalesce(texts['parent_span_id'], parent_span_id),
    mcp_session_id = coalesce(texts['mcp_session_id'], mcp_session_id),
    conversation_id = coalesce(texts['conversation_id'], conversation_id),
    rpc_request_id = coalesce(texts['rpc_request_id'], rpc_request_id),
    approval_id = coalesce(texts['approval_id'], approval_id),
    token_id = coalesce(texts['token_id'], token_id),
    agent_id = coalesce(texts['agent_id'], agent_id),
    source_table = coalesce(texts['source_table'], source_table),
    layer = coalesce(texts['layer'], layer),
    kind = coalesce(texts['kind'], kind),
    resource_id = coalesce(texts['resource_id'], resource_id),
    agent_id_source = coalesce(texts['agent_id_source'], agent_id_source),
    agent_id_kind = coalesce(texts['agent_id_kind'], agent_id_kind),
    tool_name = coalesce(texts['tool_name'], tool_name),
    authorization_mode = coalesce(texts['authorization_mode'], authorization_mode),
    approval_result = coalesce(texts['approval_result'], approval_result),
    result_code = coalesce(texts['result_code'], result_code),
    mcp_method = coalesce(texts['mcp_method'], mcp_method),
    http_method = coalesce(texts['http_method'], http_method),
    url_path = coalesce(texts['url_path'], url_path),
    error_type = coalesce(texts['error_type'], error_type),
    result_type = coalesce(texts['result_type'], result_type),
    inbound_auth = coalesce(texts['inbound_auth'], inbound_auth),
    client_name = coalesce(texts['client_name'], client_name),
    region = coalesce(texts['region'], region),
    environment = coalesce(texts['environment'], environment),
    subscription_id = coalesce(texts['subscription_id'], subscription_id),
    model = coalesce(texts['model'], model),
    cache_status = coalesce(texts['cache_status'], cache_status),
    arguments_hash = coalesce(texts['arguments_hash'], arguments_hash),
    server_id = coalesce(texts['server_id'], server_id),
    downstream_resource = coalesce(texts['downstream_resource'], downstream_resource),
    client_version = coalesce(texts['client_version'], client_version),
    server_version = coalesce(texts['server_version'], server_version),
    caller_identity = coalesce(texts['caller_identity'], caller_identity),
    approver = coalesce(texts['approver'], approver),
    caller_ip = coalesce(texts['caller_ip'], caller_ip)

from clean_texts

where
    is_dirty
    and mapped.record_id = clean_texts.record_id
    and mapped.item_no = clean_texts.item_no
