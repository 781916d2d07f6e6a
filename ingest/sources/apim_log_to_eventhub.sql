-- source:  ApiManagementGatewayLogs
-- purpose: The same request as in ApiManagementGatewayLogs, as our log-to-eventhub policy writes it.
-- docs:    https://learn.microsoft.com/azure/api-management/log-to-eventhub-policy
-- grain:   one row per request
-- key:     resource, correlation_id; all that is read of it where it has none
-- says: All that the gateway knows of a request, with the agent and the caller from a verified token, never sampled.
-- cannot: Whether the tool failed, and what needed approval.
-- recognised: type mcp.gateway_request

with

picked as (

    select
        record_id,
        coalesce(as_time(pick(k, v, 'timestamp')), as_time(pick(k, v, 'time'))) as occurred_at,
        lower(pick(k, v, 'resource_id')) as resource_id,
        pick(k, v, 'correlation_id') as correlation_id,
        pick(k, v, 'traceparent') as traceparent,
        pick(k, v, 'backend_traceparent') as backend_traceparent,
        upper(pick(k, v, 'http_method')) as http_method,
        pick(k, v, 'url') as url,
        as_http_status(pick(k, v, 'http_status')) as http_status,
        pick(k, v, 'agent_id') as agent_id,
        lower(pick(k, v, 'agent_id_source')) as agent_id_source,
        pick(k, v, 'error_type') as error_type,
        k,
        v

    from records

)

select
    record_id,
    0 as item_no,
    correlation_id as natural_key,
    -- Richer than the diagnostic's copy: it has the agent, the caller and how the call was authorised.
    cast(0 as smallint) as source_rank,
    case when occurred_at is null then 'no usable time' end as reject_reason,
    case
        when list_contains(['PUT', 'PATCH', 'HEAD', 'OPTIONS', 'CONNECT', 'TRACE'], http_method)
            then 'not MCP: HTTP ' || http_method
        when not allowed_api(pick(k, v, 'server_id')) then 'an API outside of the ''apis'' filter'
    end as exclude_reason,
    'gateway' as layer,
    'request' as kind,
    occurred_at,
    resource_id,
    correlation_id,
    coalesce(traceparent_trace(backend_traceparent), traceparent_trace(traceparent)) as operation_id,
    coalesce(traceparent_span(backend_traceparent), traceparent_span(traceparent)) as span_id,
    case when backend_traceparent is not null then traceparent_span(traceparent) end as parent_span_id,
    pick(k, v, 'mcp_session_id') as mcp_session_id,
    pick(k, v, 'rpc_request_id') as rpc_request_id,
    agent_id,
    case when agent_id is not null then coalesce(case when agent_id_source in ('header', 'token', 'subscription', 'client') then agent_id_source end, 'header') end as agent_id_source,
    agent_kind_of(agent_id_source, agent_id) as agent_id_kind,
    pick(k, v, 'server_id') as server_id,
    pick(k, v, 'tool_name') as tool_name,
    pick(k, v, 'caller_identity') as caller_identity,
    resource_of(pick(k, v, 'downstream_resource')) as downstream_resource,
    as_authorization_mode(pick(k, v, 'authorization_mode')) as authorization_mode,
    as_duration(pick(k, v, 'latency_ms')) as latency_ms,
    coalesce(pick(k, v, 'mcp_method'), case when pick(k, v, 'tool_name') is not null then 'tools/call' end) as mcp_method,
    http_method,
    url_path_of(url) as url_path,
    http_status,
    http_status between 200 and 399 as is_success,
    error_type,
    as_duration(pick(k, v, 'backend_latency_ms')) as backend_latency_ms,
    as_inbound_auth(pick(k, v, 'inbound_auth')) as inbound_auth,
    as_boolean(pick(k, v, 'credential_presented')) as credential_presented,
    as_boolean(pick(k, v, 'challenge_offered')) as challenge_offered,
    pick(k, v, 'client_name') as client_name,
    pick(k, v, 'caller_ip') as caller_ip,
    pick(k, v, 'region') as region,
    pick(k, v, 'subscription_id') as subscription_id,
    as_bigint(pick(k, v, 'request_bytes')) as request_bytes,
    as_bigint(pick(k, v, 'response_bytes')) as response_bytes,
    cast(1 as bigint) as weight

from picked
