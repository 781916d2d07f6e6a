-- name:    bench/correlate_events
-- purpose: A gateway log row and the server's request for each call, joined by trace id and parentage,
--          as GatewayLogs with logged headers and AppRequests give them.
-- param:   calls  bigint  calls  how many calls
insert into events by name
with calls as (
    select
        n,
        md5('trace' || n) as trace,
        timestamptz '2026-11-01 00:00:00+00' + to_milliseconds(n * 2) as started_at,
        'agent-' || (n % 50) as agent,
        'server-' || (n % 20) as server,
        'tool_' || (n % 200) as tool,
        'session-' || (n // 20) as session,
        case when n % 50 = 0 then 500 else 200 end as status
    from generate_series(1, cast($calls as bigint)) as series(n)
)
select
    cast(md5('g' || n) as uuid) as event_id,
    0 as item_no,
    'ApiManagementGatewayLogs' as source_table,
    0 as source_rank,
    n as content_hash,
    1 as batch_id,
    n as record_no,
    'gateway' as layer,
    'request' as kind,
    started_at as occurred_at,
    '/subscriptions/s/providers/microsoft.apimanagement/service/apim' as resource_id,
    substr(md5('c' || n), 1, 32) as correlation_id,
    trace as operation_id,
    substr(md5('span' || n), 1, 16) as span_id,
    cast(null as varchar) as parent_span_id,
    session as mcp_session_id,
    agent as agent_id,
    'header' as agent_id_source,
    server as server_id,
    tool as tool_name,
    'https://backend-' || (n % 20) || '.azurewebsites.net/mcp' as downstream_resource,
    cast(40 + n % 900 as double) as latency_ms,
    'tools/call' as mcp_method,
    'POST' as http_method,
    '/' || server || '/mcp' as url_path,
    status as http_status,
    status < 400 as is_success,
    cast(30 + n % 900 as double) as backend_latency_ms,
    'oauth2' as inbound_auth,
    true as credential_presented,
    '10.0.0.' || (n % 250) as caller_ip,
    'West Europe' as region,
    1 as weight
from calls
union all by name
select
    cast(md5('s' || n) as uuid) as event_id,
    0 as item_no,
    'AppRequests' as source_table,
    0 as source_rank,
    n as content_hash,
    1 as batch_id,
    n + 10000000 as record_no,
    'server' as layer,
    'request' as kind,
    started_at + interval 5 milliseconds as occurred_at,
    '/subscriptions/s/providers/microsoft.insights/components/ai' as resource_id,
    trace as operation_id,
    substr(md5('server' || n), 1, 16) as span_id,
    substr(md5('span' || n), 1, 16) as parent_span_id,
    session as mcp_session_id,
    agent as agent_id,
    'server' as agent_id_source,
    server as server_id,
    tool as tool_name,
    'user-' || (n % 1000) || '@contoso.com' as caller_identity,
    'sql-' || (n % 30) as downstream_resource,
    'obo' as authorization_mode,
    cast(25 + n % 900 as double) as latency_ms,
    'tools/call' as mcp_method,
    status as http_status,
    status < 400 as is_success,
    n % 40 = 0 as tool_is_error,
    '1.2.3' as server_version,
    1 as weight
from calls
