-- source:  AppServiceAuthenticationLogs
-- purpose: What the authentication module of App Service and Functions decided of a request.
-- docs:    https://learn.microsoft.com/azure/azure-monitor/reference/tables/appserviceauthenticationlogs
-- grain:   one row per message about a request
-- key:     resource and the whole row, as the table has no id of its own
-- says: That the site's authentication module let a request in or refused it, and when.
-- cannot: Who it was and with which token: its messages are free text and not kept.
-- cannot: Which call it was: the module's id of the request is in no other table. No auth attempt is counted from it.
-- recognised: type AppServiceAuthenticationLogs
-- recognised: category AppServiceAuthenticationLogs
-- recognised: fields taskname sitename moduleruntimeversion

with

picked as (

    select
        record_id,
        case when len(ik) > 0 then 1 else 2 end as source_rank,
        as_time(coalesce(pick(k, v, 'timegenerated'), pick(k, v, 'time'))) as occurred_at,
        lower(coalesce(pick(k, v, '_resourceid'), pick(k, v, 'resourceid'))) as resource_id,
        pick_either(ik, iv, k, v, 'sitename') as site_name,
        pick_either(ik, iv, k, v, 'hostname') as host,
        pick_either(ik, iv, k, v, 'taskname') as task_name,
        -- Only to tell rows apart: what is written there of users and tokens is free text.
        md5(concat_ws(chr(31), pick_either(ik, iv, k, v, 'message'), pick_either(ik, iv, k, v, 'details'))) as text_hash,
        pick_either(ik, iv, k, v, 'correlationid') as module_correlation_id,
        as_http_status(pick_either(ik, iv, k, v, 'statuscode')) as http_status,
        pick_either(ik, iv, k, v, 'substatuscode') as sub_status,
        coalesce(pick(k, v, 'location'), pick(ik, iv, 'location')) as region

    from opened_records

)

select
    record_id,
    0 as item_no,
    concat_ws(chr(31), epoch_ms(occurred_at), site_name, task_name, module_correlation_id, http_status, text_hash) as natural_key,
    cast(source_rank as smallint) as source_rank,
    case when occurred_at is null then 'no usable time' end as reject_reason,
    case when http_status is null then 'a message of the authentication module that is about no request' end as exclude_reason,
    'platform' as layer,
    'authentication' as kind,
    occurred_at,
    resource_id,
    coalesce(nullif(regexp_extract(resource_id, '/sites/([^/]+)', 1), ''), site_name, host_of(host)) as server_id,
    http_status,
    http_status between 200 and 399 as is_success,
    region,
    -- The module's own id of the request, not API Management's.
    json_object('task', task_name, 'sub_status', sub_status, 'module_correlation_id', module_correlation_id) as tags,
    cast(1 as bigint) as weight

from picked
