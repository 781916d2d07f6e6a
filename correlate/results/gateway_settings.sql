-- name:    correlate/results/gateway_settings
-- purpose: The latest known diagnostics of each gateway scope, and whether MCP runs through that scope.
-- readers: slo, queries
-- grain:   one row per gateway, API and diagnostic
-- table:   gateway_settings

with

latest as (

    select
        *,
        coalesce(x_json1(tags, 'diagnostic_id'), '') as diagnostic_id
    from events
    where layer = 'config' and kind = 'diagnostic'
    qualify row_number() over (
        partition by resource_id, x_lower(server_id), x_json1(tags, 'diagnostic_id')
        order by occurred_at desc, event_id
    ) = 1

),

mcp_servers as (

    select x_lower(server_id) as name, resource_id
    from api_uses
    where is_mcp = 1

),

mcp_gateways as (

    select distinct latest.resource_id
    from latest
    inner join (select distinct resource_id from mcp_servers) as seen
        on x_contains(seen.resource_id, latest.resource_id)

),

declaring_gateways as (

    select distinct latest.resource_id
    from latest
    inner join (
        select distinct resource_id from events where layer = 'config' and kind = 'server'
    ) as declared
        on x_contains(declared.resource_id, latest.resource_id)

),

mcp_names as (

    select name from mcp_servers
    union distinct
    select name from known_server_names

)

select
    coalesce(latest.resource_id, '') as gateway,
    latest.server_id as api_id,
    latest.diagnostic_id,
    latest.occurred_at as observed_at,
    case
        when latest.server_id is null then case when mcp_gateways.resource_id is not null then true end
        when mcp_names.name is not null then true
        when declaring_gateways.resource_id is not null then false
    end as fronts_mcp,
    x_int(x_json1(latest.tags, 'response_body_bytes')) as response_body_bytes,
    x_int(x_json1(latest.tags, 'request_body_bytes')) as request_body_bytes,
    case x_lower(x_json1(latest.tags, 'llm_messages')) when 'true' then true when 'false' then false end as llm_messages,
    x_json1(latest.tags, 'correlation_protocol') as correlation_protocol,
    x_float(x_json1(latest.tags, 'sampling_percent')) as sampling_percent
from latest
left join mcp_gateways on latest.resource_id = mcp_gateways.resource_id
left join declaring_gateways on latest.resource_id = declaring_gateways.resource_id
left join mcp_names on x_lower(latest.server_id) = mcp_names.name
