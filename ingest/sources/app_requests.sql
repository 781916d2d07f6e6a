-- source:  AppRequests
-- purpose: An HTTP request served by an application, or by API Management itself.
-- docs:    https://learn.microsoft.com/azure/azure-monitor/reference/tables/apprequests
-- grain:   one row per request
-- key:     resource, OperationId, Id; all that is read of it where it has no Id
-- says: A server's request: latency, status, trace and span; with MCP's attributes also tool, session and error.
-- says: The gateway's own requests, with the trace that its logs lack.
-- cannot: Whether a request without MCP attributes was a tool call: it is a candidate, which a gateway's row may settle.
-- cannot: Everything, where Application Insights samples; `ItemCount` is the weight.
-- recognised: type AppRequests
-- recognised: itemtype request
-- recognised: fields operationid id durationms url resultcode
-- recognised: fields operation_id id duration url resultcode

select
    record_id,
    0 as item_no,
    case when span_id is not null then concat_ws(chr(31), operation_id, span_id) end as natural_key,
    source_rank,
    case
        when occurred_at is null then 'no usable time'
        else odd_item_count(item_count)
    end as reject_reason,
    case when is_gateway then 'gateway' else 'server' end as layer,
    'request' as kind,
    occurred_at,
    resource_id,
    case when is_gateway then gateway_request_of(pk, pv) else pick_any(pk, pv, 'correlation_id', 'x-correlation-id', 'request-x-correlation-id') end as correlation_id,
    operation_id,
    span_id,
    parent_span_id,
    session_of(pk, pv) as mcp_session_id,
    conversation_of(pk, pv) as conversation_id,
    pick(pk, pv, 'jsonrpc.request.id') as rpc_request_id,
    agent_id,
    case when is_gateway and agent_source = 'server' then 'header' else agent_source end as agent_id_source,
    agent_kind_of(agent_source, agent_id) as agent_id_kind,
    coalesce(server_of(pk, pv), case when is_gateway then pick(pk, pv, 'api name') else role_name end) as server_id,
    coalesce(tool_of(pk, pv), nullif(regexp_extract(pick(k, v, 'name'), '^tools/call (\S+)$', 1), '')) as tool_name,
    coalesce(caller_of(pk, pv), coalesce(pick(k, v, 'userauthenticatedid'), pick(k, v, 'user_authenticatedid')), case when is_gateway then pick_any(pk, pv, 'user id', 'user name') end) as caller_identity,
    resource_of(pick_any(pk, pv, 'downstream_resource', 'downstream-resource')) as downstream_resource,
    as_authorization_mode(pick_any(pk, pv, 'authorization_mode', 'authorization-mode')) as authorization_mode,
    as_boolean(pick(pk, pv, 'approval_required')) as approval_required,
    as_approval_result(pick(pk, pv, 'approval_result')) as approval_result,
    pick(pk, pv, 'approval_id') as approval_id,
    as_duration(pick(pk, pv, 'approval_wait_ms')) as approval_wait_ms,
    duration_ms as latency_ms,
    coalesce(method_of(pk, pv), case when starts_with(pick(k, v, 'name'), 'tools/call') then 'tools/call' end) as mcp_method,
    coalesce(pick(pk, pv, 'http method'), method_in_name(pick(k, v, 'name'))) as http_method,
    url_path_of(pick(k, v, 'url')) as url_path,
    as_http_status(pick(k, v, 'resultcode')) as http_status,
    as_boolean(pick(k, v, 'success')) as is_success,
    rpc_error_of(pk, pv) as rpc_error_code,
    tool_error_of(pk, pv) as tool_is_error,
    error_of(pk, pv) as error_type,
    pick_any(pk, pv, 'result_type', 'mcp.result.type') as result_type,
    case when is_gateway then as_inbound_auth(pick(pk, pv, 'auth.type')) end as inbound_auth,
    pick_any(pk, pv, 'user_agent.name', 'client_name') as client_name,
    pick_any(pk, pv, 'user_agent.version', 'client_version') as client_version,
    coalesce(pick(k, v, 'clientip'), pick(k, v, 'client_ip')) as caller_ip,
    coalesce(pick(pk, pv, 'service.version'), pick(k, v, 'appversion'), pick(k, v, 'application_version')) as server_version,
    case when is_gateway then pick(pk, pv, 'region') end as region,
    lower(pick_any(pk, pv, 'deployment.environment.name', 'deployment.environment', 'environment')) as environment,
    case when is_gateway then pick_any(pk, pv, 'subscription name', 'subscription id') end as subscription_id,
    logged_bytes_of(pk, pv) as response_body_logged_bytes,
    item_count as weight,
    pick(pk, pv, 'arguments_hash') as arguments_hash,
    arguments_of(pk, pv) as arguments_text

from app_insights_records
