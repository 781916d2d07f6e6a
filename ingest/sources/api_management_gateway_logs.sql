-- source:  ApiManagementGatewayLogs
-- purpose: One HTTP request through API Management, as the gateway saw it.
-- docs:    https://learn.microsoft.com/azure/azure-monitor/reference/tables/apimanagementgatewaylogs
-- grain:   one row per request, or per item where a JSON-RPC batch was logged with its body
-- key:     resource, CorrelationId, item; all that is read of it where it has no CorrelationId
-- says: Every request through the gateway: who, which API, status, latency of gateway and backend.
-- says: Session, agent, tool and trace, where headers, bodies or a `trace` policy are logged.
-- cannot: Whether the tool failed: a failed tool call is usually an HTTP 200.
-- cannot: A trace id of its own: `OperationId` is the name of the API's operation.
-- recognised: type ApiManagementGatewayLogs
-- recognised: category GatewayLogs of microsoft.apimanagement
-- recognised: fields correlationid apiid responsecode totaltime

with

picked as (

    select
        record_id,
        coalesce(pick(k, v, 'timegenerated'), pick(k, v, 'time'), pick(k, v, 'timestamp')) as time_text,
        lower(coalesce(pick(k, v, '_resourceid'), pick(k, v, 'resourceid'))) as resource_id,
        case when len(ik) > 0 then 1 else 2 end as source_rank,
        pick_either(ik, iv, k, v, 'correlationid') as correlation_id,
        pick_either(ik, iv, k, v, 'apiid') as api_id,
        pick_either(ik, iv, k, v, 'method') as http_method,
        pick_either(ik, iv, k, v, 'url') as url,
        pick_either(ik, iv, k, v, 'responsecode') as response_code,
        pick_either(ik, iv, k, v, 'isrequestsuccess') as request_success,
        coalesce(pick(k, v, 'totaltime'), pick(k, v, 'durationms')) as total_time,
        pick_either(ik, iv, k, v, 'backendtime') as backend_time,
        pick_either(ik, iv, k, v, 'backendurl') as backend_url,
        pick_either(ik, iv, k, v, 'backendid') as backend_id,
        pick_either(ik, iv, k, v, 'calleripaddress') as caller_ip,
        pick_either(ik, iv, k, v, 'userid') as user_id,
        coalesce(pick_either(ik, iv, k, v, 'apimsubscriptionid'), pick(ik, iv, 'subscriptionid')) as subscription_id,
        coalesce(pick(k, v, 'region'), pick(k, v, 'location')) as region,
        pick_either(ik, iv, k, v, 'cache') as cache_status,
        pick_either(ik, iv, k, v, 'requestsize') as request_size,
        pick_either(ik, iv, k, v, 'responsesize') as response_size,
        coalesce(pick(k, v, 'lasterrorreason'), bag_value(pick(ik, iv, 'lasterror'), '$.reason')) as error_reason,
        is_cut(pick(k, v, 'truncated')) as was_truncated,
        pick_either(ik, iv, k, v, 'requestheaders') as request_headers,
        pick_either(ik, iv, k, v, 'responseheaders') as response_headers,
        pick_either(ik, iv, k, v, 'backendrequestheaders') as backend_headers,
        pick_either(ik, iv, k, v, 'tracerecords') as trace_records,
        pick_either(ik, iv, k, v, 'requestbody') as request_body,
        coalesce(pick_either(ik, iv, k, v, 'responsebody'), pick_either(ik, iv, k, v, 'backendresponsebody')) as response_body

    from opened_records

),

headed as (

    select
        *,
        as_time(time_text) as occurred_at,
        as_http_status(response_code) as http_status,
        header_keys(request_headers) as hk,
        header_values(request_headers) as hv,
        header_keys(response_headers) as rk,
        header_values(response_headers) as rv,
        header_keys(backend_headers) as bk,
        header_values(backend_headers) as bv,
        trace_metadata_keys(trace_records) as tk,
        trace_metadata_values(trace_records) as tv,
        rpc_items(request_body) as items,
        rpc_text(response_body) as answer

    from picked

),

itemised as (

    select
        * exclude (items),
        len(items) > 1 as is_batch,
        unnest(items) as item,
        cast(unnest(range(len(items))) as integer) as item_no

    from headed

),

answered as (

    select
        *,
        json_extract_string(item, '$.id') as rpc_request_id,
        rpc_answer_to(answer, item) as reply,
        coalesce(pick_any(hk, hv, 'x-agent-id', 'agent-id'), agent_of(tk, tv)) as agent_id,
        case
            when pick_any(hk, hv, 'x-agent-id', 'agent-id') is not null then 'header'
            when agent_source_of(tk, tv) = 'token' then 'token'
            when agent_of(tk, tv) is not null then 'header'
        end as agent_source

    from itemised

)

select
    record_id,
    item_no,
    correlation_id as natural_key,
    cast(source_rank as smallint) as source_rank,
    case when occurred_at is null then 'no usable time' end as reject_reason,
    case
        when list_contains(['PUT', 'PATCH', 'HEAD', 'OPTIONS', 'CONNECT', 'TRACE'], upper(http_method))
            then 'not MCP: HTTP ' || upper(http_method)
        when not allowed_api(api_id) then 'an API outside of the ''apis'' filter'
    end as exclude_reason,
    'gateway' as layer,
    'request' as kind,
    occurred_at,
    resource_id,
    correlation_id,
    coalesce(traceparent_trace(pick(bk, bv, 'traceparent')), traceparent_trace(pick(hk, hv, 'traceparent')), as_trace_id(pick(hk, hv, 'request-id'))) as operation_id,
    -- The backend's header names the span that the server will have as its parent.
    coalesce(traceparent_span(pick(bk, bv, 'traceparent')), traceparent_span(pick(hk, hv, 'traceparent'))) as span_id,
    case when pick(bk, bv, 'traceparent') is not null then traceparent_span(pick(hk, hv, 'traceparent')) end as parent_span_id,
    coalesce(pick(hk, hv, 'mcp-session-id'), pick(rk, rv, 'mcp-session-id'), session_of(tk, tv)) as mcp_session_id,
    rpc_request_id,
    agent_id,
    agent_source as agent_id_source,
    agent_kind_of(agent_source, agent_id) as agent_id_kind,
    api_id as server_id,
    coalesce(rpc_tool_of(hk, hv, item, request_body), tool_of(tk, tv)) as tool_name,
    coalesce(caller_of(tk, tv), pick(hk, hv, 'x-mcp-userid'), user_id) as caller_identity,
    coalesce(host_and_path(backend_url), backend_id) as downstream_resource,
    as_authorization_mode(pick_any(tk, tv, 'authorization_mode', 'authorization-mode')) as authorization_mode,
    as_duration(total_time) as latency_ms,
    rpc_method_of(hk, hv, item, request_body) as mcp_method,
    upper(http_method) as http_method,
    url_path_of(url) as url_path,
    http_status,
    coalesce(as_boolean(request_success), http_status between 200 and 399) as is_success,
    as_integer(json_extract_string(reply, '$.error.code')) as rpc_error_code,
    case when json_extract(reply, '$.result') is not null then coalesce(as_boolean(json_extract_string(reply, '$.result.isError')), false) end as tool_is_error,
    error_reason as error_type,
    json_extract_string(reply, '$.result.resultType') as result_type,
    case when is_batch then true end as latency_shared,
    as_duration(backend_time) as backend_latency_ms,
    case
        when pick_any(hk, hv, 'authorization', 'ocp-apim-subscription-key', 'x-api-key', 'api-key') is not null then true
        when error_reason in ('TokenNotPresent', 'SubscriptionKeyNotFound') then false
        when list_contains(['TokenExpired', 'TokenNotYetValid', 'TokenSignatureInvalid', 'TokenSignatureKeyNotFound', 'TokenInvalid', 'TokenAudienceNotAllowed', 'TokenIssuerNotAllowed', 'TokenClaimNotFound', 'TokenClaimValueNotAllowed', 'SubscriptionKeyInvalid', 'SubscriptionNotFound', 'SubscriptionNotActive'], error_reason) then true
        when subscription_id is not null then true
    end as credential_presented,
    case when len(rk) > 0 then list_contains(rk, 'www-authenticate') end as challenge_offered,
    case when was_truncated or (request_body is not null and item is null) then true end as is_truncated,
    pick(hk, hv, 'user-agent') as client_name,
    caller_ip,
    region,
    subscription_id,
    cache_status,
    as_bigint(request_size) as request_bytes,
    as_bigint(response_size) as response_bytes,
    strlen(response_body) as response_body_logged_bytes,
    cast(1 as bigint) as weight,
    rpc_arguments(item) as arguments_text

from answered
