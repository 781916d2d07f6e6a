-- name:    bench/ingest_floor
-- purpose: The floor of the ingest benchmark: the columns that mcp-witness makes of these two tables,
--          mapped by json_transform from the files straight into one table, with nothing around it.
--          The table has the columns of events, less those that are not mapped: ids, hashes, places.

insert into floor_events by name

with

gateway as (

    select json_transform(json, '{
        "TimeGenerated": "TIMESTAMPTZ", "CorrelationId": "VARCHAR", "Region": "VARCHAR", "IsRequestSuccess": "BOOLEAN",
        "TotalTime": "DOUBLE", "CallerIpAddress": "VARCHAR", "Method": "VARCHAR", "Url": "VARCHAR", "ResponseCode": "INTEGER",
        "BackendUrl": "VARCHAR", "RequestSize": "BIGINT", "ResponseSize": "BIGINT", "Cache": "VARCHAR", "BackendTime": "DOUBLE",
        "ApiId": "VARCHAR", "UserId": "VARCHAR", "ApimSubscriptionId": "VARCHAR", "LastErrorReason": "VARCHAR", "_ResourceId": "VARCHAR",
        "RequestHeaders": {"Mcp-Session-Id": "VARCHAR", "traceparent": "VARCHAR", "x-agent-id": "VARCHAR", "Mcp-Method": "VARCHAR", "Mcp-Name": "VARCHAR", "User-Agent": "VARCHAR"},
        "ResponseHeaders": {"WWW-Authenticate": "VARCHAR"}, "Type": "VARCHAR"
    }') as r

    from read_ndjson_objects($gateway)

),

server as (

    select json_transform(json, '{
        "TimeGenerated": "TIMESTAMPTZ", "Id": "VARCHAR", "Name": "VARCHAR", "Url": "VARCHAR", "Success": "BOOLEAN", "ResultCode": "VARCHAR",
        "DurationMs": "DOUBLE", "OperationId": "VARCHAR", "ParentId": "VARCHAR", "AppRoleName": "VARCHAR", "AppVersion": "VARCHAR",
        "ClientIP": "VARCHAR", "ItemCount": "BIGINT", "_ResourceId": "VARCHAR", "Type": "VARCHAR", "Properties": "VARCHAR"
    }') as r

    from read_ndjson_objects($server)

),

-- Log Analytics hands the properties out as text that holds JSON.
opened_server as (

    select
        r,
        json_transform(r."Properties", '{
            "mcp.method.name": "VARCHAR", "tool_name": "VARCHAR", "mcp_session_id": "VARCHAR", "agent_id": "VARCHAR", "server_id": "VARCHAR",
            "caller_identity": "VARCHAR", "downstream_resource": "VARCHAR", "authorization_mode": "VARCHAR",
            "approval_required": "BOOLEAN", "approval_result": "VARCHAR"
        }') as p

    from server

)

select
    0 as item_no,
    r."Type" as source_table,
    'gateway' as layer,
    'request' as kind,
    r."TimeGenerated" as occurred_at,
    lower(r."_ResourceId") as resource_id,
    r."CorrelationId" as correlation_id,
    substr(r."RequestHeaders"."traceparent", 4, 32) as operation_id,
    substr(r."RequestHeaders"."traceparent", 37, 16) as span_id,
    cast(null as varchar) as parent_span_id,
    r."RequestHeaders"."Mcp-Session-Id" as mcp_session_id,
    r."RequestHeaders"."x-agent-id" as agent_id,
    r."ApiId" as server_id,
    r."RequestHeaders"."Mcp-Name" as tool_name,
    r."UserId" as caller_identity,
    regexp_replace(r."BackendUrl", '^https?://([^?]*).*$', '\1') as downstream_resource,
    cast(null as varchar) as authorization_mode,
    cast(null as boolean) as approval_required,
    cast(null as varchar) as approval_result,
    r."TotalTime" as latency_ms,
    r."RequestHeaders"."Mcp-Method" as mcp_method,
    r."Method" as http_method,
    regexp_extract(r."Url", '^https?://[^/]*([^?#]*)', 1) as url_path,
    r."ResponseCode" as http_status,
    r."IsRequestSuccess" as is_success,
    r."LastErrorReason" as error_type,
    r."BackendTime" as backend_latency_ms,
    r."ApimSubscriptionId" is not null as credential_presented,
    r."ResponseHeaders"."WWW-Authenticate" is not null as challenge_offered,
    r."RequestHeaders"."User-Agent" as client_name,
    r."CallerIpAddress" as caller_ip,
    cast(null as varchar) as server_version,
    r."Region" as region,
    r."ApimSubscriptionId" as subscription_id,
    r."Cache" as cache_status,
    r."RequestSize" as request_bytes,
    r."ResponseSize" as response_bytes,
    cast(1 as bigint) as weight

from gateway

union all

select
    0,
    r."Type",
    'server',
    'request',
    r."TimeGenerated",
    lower(r."_ResourceId"),
    null,
    r."OperationId",
    r."Id",
    r."ParentId",
    p."mcp_session_id",
    p."agent_id",
    p."server_id",
    p."tool_name",
    p."caller_identity",
    p."downstream_resource",
    p."authorization_mode",
    p."approval_required",
    p."approval_result",
    r."DurationMs",
    p."mcp.method.name",
    regexp_extract(r."Name", '^(GET|POST|DELETE) ', 1),
    regexp_extract(r."Url", '^https?://[^/]*([^?#]*)', 1),
    try_cast(r."ResultCode" as integer),
    r."Success",
    null,
    null,
    null,
    null,
    null,
    nullif(r."ClientIP", '0.0.0.0'),
    r."AppVersion",
    null,
    null,
    null,
    null,
    null,
    r."ItemCount"

from opened_server
