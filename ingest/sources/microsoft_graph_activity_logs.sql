-- source:  MicrosoftGraphActivityLogs
-- purpose: A request to Microsoft Graph: what an agent, or a server on behalf of a user, did with its token.
-- docs:    https://learn.microsoft.com/azure/azure-monitor/reference/tables/microsoftgraphactivitylogs
-- grain:   one row per request
-- key:     RequestId; all that is read of it where it has none
-- says: What was done in Microsoft Graph with which token, by which application, on behalf of which user.
-- cannot: Which tool call did it: one token serves many. By `token_id` it joins the sign-in.
-- cannot: Names and ids in the address: they are cut out.
-- recognised: type MicrosoftGraphActivityLogs
-- recognised: category MicrosoftGraphActivityLogs
-- recognised: fields requesturi requestmethod signinactivityid

with

picked as (

    select
        record_id,
        case when len(ik) > 0 then 1 else 2 end as source_rank,
        as_time(coalesce(pick(k, v, 'timegenerated'), pick(k, v, 'time'))) as occurred_at,
        pick_either(ik, iv, k, v, 'requestid') as request_id,
        coalesce(pick_either(ik, iv, k, v, 'signinactivityid'), pick_either(ik, iv, k, v, 'uniquetokenid')) as token_id,
        pick_either(ik, iv, k, v, 'appid') as app_id,
        pick_either(ik, iv, k, v, 'serviceprincipalid') as service_principal_id,
        pick_either(ik, iv, k, v, 'userid') as user_id,
        pick_either(ik, iv, k, v, 'requesturi') as uri,
        upper(pick_either(ik, iv, k, v, 'requestmethod')) as http_method,
        as_http_status(coalesce(pick_either(ik, iv, k, v, 'responsestatuscode'), pick(k, v, 'resultsignature'))) as http_status,
        as_duration(pick_either(ik, iv, k, v, 'durationms')) as latency_ms,
        as_bigint(pick_either(ik, iv, k, v, 'responsesizebytes')) as response_bytes,
        coalesce(pick_either(ik, iv, k, v, 'ipaddress'), pick(k, v, 'calleripaddress')) as caller_ip,
        pick_either(ik, iv, k, v, 'clientauthmethod') as client_auth_method,
        pick_either(ik, iv, k, v, 'operationid') as batch_id,
        coalesce(pick(k, v, 'location'), pick(ik, iv, 'location')) as region

    from opened_records

)

select
    record_id,
    0 as item_no,
    request_id as natural_key,
    cast(source_rank as smallint) as source_rank,
    case when occurred_at is null then 'no usable time' end as reject_reason,
    'platform' as layer,
    'graph_request' as kind,
    occurred_at,
    cast(null as varchar) as resource_id,
    token_id,
    coalesce(service_principal_id, app_id) as agent_id,
    case when coalesce(service_principal_id, app_id) is not null then 'token' end as agent_id_source,
    case when service_principal_id is not null then 'entra_object_id' when app_id is not null then 'entra_app_id' end as agent_id_kind,
    user_id as caller_identity,
    host_of(uri) as downstream_resource,
    latency_ms,
    http_method,
    -- The words of the address; ids, names of users and of files in it are somebody's data.
    concat(
        regexp_extract(url_path_of(uri), '^/(?:v1\.0|beta)'),
        regexp_replace(split_part(regexp_replace(url_path_of(uri), '^/(?:v1\.0|beta)', ''), ':', 1), '/[^/]*[^/A-Za-z$.][^/]*', '/{}', 'g')
    ) as url_path,
    http_status,
    http_status between 200 and 399 as is_success,
    caller_ip,
    region,
    response_bytes,
    json_object('app_id', app_id, 'is_delegated', user_id is not null, 'client_auth_method', client_auth_method, 'graph_operation_id', batch_id) as tags,
    cast(1 as bigint) as weight

from picked
