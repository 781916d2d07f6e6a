-- source:  ApiManagementGatewayLogs
-- purpose: The same request as in ApiManagementGatewayLogs, from the legacy AzureDiagnostics table.
-- docs:    https://learn.microsoft.com/azure/azure-monitor/reference/tables/azurediagnostics
-- grain:   one row per request
-- key:     resource, CorrelationId; all that is read of it where it has none
-- says: The same as ApiManagementGatewayLogs, as far as the legacy table has it.
-- cannot: Headers and bodies, which it does not have.
-- cannot: Rows of other categories: they are set aside.
-- recognised: fields correlationid apiid_s
-- recognised: type AzureDiagnostics

with

-- Past 500 columns of the table, new fields move into AdditionalFields and lose their suffix.
opened as (

    select
        record_id,
        k,
        v,
        bag_keys(pick(k, v, 'additionalfields')) as ik,
        bag_values(pick(k, v, 'additionalfields')) as iv

    from records

),

picked as (

    select
        record_id,
        pick(k, v, 'category') as category,
        coalesce(pick(k, v, 'timegenerated'), pick(k, v, 'time')) as time_text,
        lower(coalesce(pick(k, v, '_resourceid'), pick(k, v, 'resourceid'))) as resource_id,
        pick(k, v, 'correlationid') as correlation_id,
        coalesce(pick(k, v, 'apiid_s'), pick(ik, iv, 'apiid')) as api_id,
        coalesce(pick(k, v, 'method_s'), pick(ik, iv, 'method')) as http_method,
        coalesce(pick(k, v, 'url_s'), pick(ik, iv, 'url')) as url,
        coalesce(pick(k, v, 'responsecode_d'), pick(ik, iv, 'responsecode')) as response_code,
        coalesce(pick(k, v, 'isrequestsuccess_b'), pick(ik, iv, 'isrequestsuccess')) as request_success,
        coalesce(pick(k, v, 'backendtime_d'), pick(ik, iv, 'backendtime')) as backend_time,
        coalesce(pick(k, v, 'backendurl_s'), pick(ik, iv, 'backendurl')) as backend_url,
        coalesce(pick(k, v, 'backendid_s'), pick(ik, iv, 'backendid')) as backend_id,
        coalesce(pick(k, v, 'userid_s'), pick(ik, iv, 'userid')) as user_id,
        coalesce(pick(k, v, 'apimsubscriptionid_s'), pick(ik, iv, 'apimsubscriptionid')) as subscription_id,
        coalesce(pick(k, v, 'location_s'), pick(ik, iv, 'location')) as region,
        coalesce(pick(k, v, 'durationms'), pick(k, v, 'totaltime_d')) as duration,
        pick(k, v, 'calleripaddress') as caller_ip,
        pick(k, v, 'cache_s') as cache_status,
        pick(k, v, 'requestsize_d') as request_size,
        pick(k, v, 'responsesize_d') as response_size,
        coalesce(pick(k, v, 'lasterror_reason_s'), bag_value(pick(ik, iv, 'lasterror'), '$.reason')) as error_reason,
        is_cut(pick(k, v, 'truncated_d')) as was_truncated,
        trace_metadata_keys(coalesce(pick(k, v, 'tracerecords_s'), pick(ik, iv, 'tracerecords'))) as tk,
        trace_metadata_values(coalesce(pick(k, v, 'tracerecords_s'), pick(ik, iv, 'tracerecords'))) as tv

    from opened

),

named as (

    select
        *,
        as_time(time_text) as occurred_at,
        agent_of(tk, tv) as agent_id,
        agent_source_of(tk, tv) as agent_source

    from picked

)

select
    record_id,
    0 as item_no,
    correlation_id as natural_key,
    -- The resource-specific table has the headers and is the better copy.
    cast(4 as smallint) as source_rank,
    case
        when lower(category) <> 'gatewaylogs' then 'no source reads AzureDiagnostics rows of the category ' || quoted_name(category)
        when occurred_at is null then 'no usable time'
    end as reject_reason,
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
    session_of(tk, tv) as mcp_session_id,
    agent_id,
    case when agent_source = 'token' then 'token' when agent_id is not null then 'header' end as agent_id_source,
    agent_kind_of(agent_source, agent_id) as agent_id_kind,
    api_id as server_id,
    tool_of(tk, tv) as tool_name,
    coalesce(caller_of(tk, tv), user_id) as caller_identity,
    coalesce(host_and_path(backend_url), backend_id) as downstream_resource,
    as_duration(duration) as latency_ms,
    upper(http_method) as http_method,
    url_path_of(url) as url_path,
    as_http_status(response_code) as http_status,
    coalesce(as_boolean(request_success), as_http_status(response_code) between 200 and 399) as is_success,
    error_reason as error_type,
    as_duration(backend_time) as backend_latency_ms,
    case
        when error_reason in ('TokenNotPresent', 'SubscriptionKeyNotFound') then false
        when error_reason like 'Token%' or error_reason = 'SubscriptionKeyInvalid' then true
        when subscription_id is not null then true
    end as credential_presented,
    case when was_truncated then true end as is_truncated,
    caller_ip,
    region,
    subscription_id,
    cache_status,
    as_bigint(request_size) as request_bytes,
    as_bigint(response_size) as response_bytes,
    cast(1 as bigint) as weight

from named
