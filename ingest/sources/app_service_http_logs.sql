-- source:  AppServiceHTTPLogs
-- purpose: An HTTP request to an App Service or Functions site, as its web server logged it.
-- docs:    https://learn.microsoft.com/azure/azure-monitor/reference/tables/appservicehttplogs
-- grain:   one row per request
-- key:     resource and the whole row, as the table has no id of its own
-- says: That a request reached a site, whichever way it came: path, status, time taken, bytes, user and address.
-- cannot: Tool, session, agent or trace: it has no headers, so that no call is made or matched from it.
-- cannot: Two requests that are alike in all columns within one second: they are one.
-- recognised: type AppServiceHTTPLogs
-- recognised: category AppServiceHTTPLogs
-- recognised: fields csmethod csuristem scstatus

with

picked as (

    select
        record_id,
        case when len(ik) > 0 then 1 else 2 end as source_rank,
        as_time(coalesce(pick(k, v, 'timegenerated'), pick(k, v, 'time'))) as occurred_at,
        lower(coalesce(pick(k, v, '_resourceid'), pick(k, v, 'resourceid'))) as resource_id,
        upper(pick_either(ik, iv, k, v, 'csmethod')) as http_method,
        pick_either(ik, iv, k, v, 'csuristem') as path,
        -- Only to tell requests apart: it carries function keys and signatures.
        pick_either(ik, iv, k, v, 'csuriquery') as query_text,
        pick_either(ik, iv, k, v, 'cshost') as host,
        pick_either(ik, iv, k, v, 'csusername') as user_name,
        pick_either(ik, iv, k, v, 'cip') as caller_ip,
        pick_either(ik, iv, k, v, 'sport') as port,
        pick_either(ik, iv, k, v, 'scstatus') as status_text,
        pick_either(ik, iv, k, v, 'scsubstatus') as sub_status,
        pick_either(ik, iv, k, v, 'timetaken') as time_taken,
        pick_either(ik, iv, k, v, 'csbytes') as request_size,
        pick_either(ik, iv, k, v, 'scbytes') as response_size,
        pick_either(ik, iv, k, v, 'useragent') as user_agent,
        pick_either(ik, iv, k, v, 'computername') as computer_name

    from opened_records

)

select
    record_id,
    0 as item_no,
    concat_ws(chr(31), epoch_ms(occurred_at), http_method, host, path, query_text, user_name, caller_ip, port, status_text, time_taken, request_size, response_size, computer_name) as natural_key,
    cast(source_rank as smallint) as source_rank,
    case
        when occurred_at is null then 'no usable time'
        when path is null then 'no CsUriStem'
    end as reject_reason,
    case
        when list_contains(['PUT', 'PATCH', 'HEAD', 'OPTIONS', 'CONNECT', 'TRACE'], http_method)
            then 'not MCP: HTTP ' || http_method
    end as exclude_reason,
    'platform' as layer,
    'access' as kind,
    occurred_at,
    resource_id,
    coalesce(nullif(regexp_extract(resource_id, '/sites/([^/]+)', 1), ''), host_of(host)) as server_id,
    user_name as caller_identity,
    as_duration(time_taken) as latency_ms,
    http_method,
    url_path_of(path) as url_path,
    as_http_status(status_text) as http_status,
    as_http_status(status_text) between 200 and 399 as is_success,
    caller_ip,
    as_bigint(request_size) as request_bytes,
    as_bigint(response_size) as response_bytes,
    json_object('host', host_of(host), 'sub_status', sub_status, 'user_agent', kept(user_agent)) as tags,
    cast(1 as bigint) as weight

from picked
