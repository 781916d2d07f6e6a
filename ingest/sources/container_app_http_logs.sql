-- source:  ContainerAppHTTPLogs
-- purpose: An HTTP request to a container app, as the ingress in front of it saw it.
-- docs:    https://learn.microsoft.com/azure/azure-monitor/reference/tables/containerapphttplogs
-- grain:   one row per request
-- key:     resource, RequestId, ConnectionId, StartTime; all that is read of it where it has no RequestId
-- says: That a request reached a container app, whichever way it came: path, status, duration, bytes, address, attempts.
-- cannot: Tool, session, agent or trace: it has no headers, and its RequestId is the ingress' own, so that no call is made or matched from it.
-- cannot: The Event Hubs shape is by analogy with other categories: no record of it was seen.
-- recognised: type ContainerAppHTTPLogs
-- recognised: category ContainerAppHTTPLogs
-- recognised: fields method path requestduration responseflags

with

picked as (

    select
        record_id,
        case when len(ik) > 0 then 1 else 2 end as source_rank,
        as_time(coalesce(pick_either(ik, iv, k, v, 'starttime'), pick(k, v, 'timegenerated'), pick(k, v, 'time'))) as occurred_at,
        lower(coalesce(pick(k, v, '_resourceid'), pick(k, v, 'resourceid'))) as resource_id,
        upper(pick_either(ik, iv, k, v, 'method')) as http_method,
        pick_either(ik, iv, k, v, 'path') as path,
        as_http_status(pick_either(ik, iv, k, v, 'statuscode')) as http_status,
        as_duration(pick_either(ik, iv, k, v, 'requestduration')) as latency_ms,
        as_bigint(pick_either(ik, iv, k, v, 'bytesreceived')) as request_bytes,
        as_bigint(pick_either(ik, iv, k, v, 'bytessent')) as response_bytes,
        pick_either(ik, iv, k, v, 'requestid') as request_id,
        pick_either(ik, iv, k, v, 'connectionid') as connection_id,
        pick_either(ik, iv, k, v, 'containerappname') as app_name,
        pick_either(ik, iv, k, v, 'xforwardedfor') as forwarded_for,
        pick_either(ik, iv, k, v, 'useragent') as user_agent,
        pick_either(ik, iv, k, v, 'responseflags') as response_flags,
        as_bigint(pick_either(ik, iv, k, v, 'upstreamrequestattemptcount')) as attempts,
        pick_either(ik, iv, k, v, 'revisionname') as revision,
        coalesce(pick(k, v, 'location'), pick(ik, iv, 'location')) as region

    from opened_records

)

select
    record_id,
    0 as item_no,
    case when request_id is not null then concat_ws(chr(31), request_id, connection_id, epoch_ms(occurred_at)) end as natural_key,
    cast(source_rank as smallint) as source_rank,
    case when occurred_at is null then 'no usable time' end as reject_reason,
    case
        when list_contains(['PUT', 'PATCH', 'HEAD', 'OPTIONS', 'CONNECT', 'TRACE'], http_method)
            then 'not MCP: HTTP ' || http_method
    end as exclude_reason,
    'platform' as layer,
    'access' as kind,
    occurred_at,
    resource_id,
    app_name as server_id,
    latency_ms,
    http_method,
    url_path_of(path) as url_path,
    http_status,
    http_status between 200 and 399 as is_success,
    trim(split_part(forwarded_for, ',', 1)) as caller_ip,
    region,
    request_bytes,
    response_bytes,
    -- The ingress' own id of the request, which no other table has.
    json_object('request_id', request_id, 'attempts', attempts, 'response_flags', response_flags, 'revision', revision, 'user_agent', kept(user_agent)) as tags,
    cast(1 as bigint) as weight

from picked
