-- name:    soc/relations/server_gateways
-- purpose: Which gateways a server is reached through, by their settings or their logs, and what each of them logs of it.
-- readers: SOC
-- grain:   one row per server and gateway resource
-- param:   from_at           timestamptz  UTC      window start, inclusive (default: now-30d)
-- param:   to_at             timestamptz  UTC      window end, exclusive (default: now)
-- column:  server_key        varchar      -        MCP server, in lower case
-- column:  gateway           varchar      -        API Management service, or the Application Insights resource that it writes to
-- column:  is_insights       boolean      -        Application Insights, which samples; else resource logs, which hold every request
-- column:  log_rows          bigint       records  of the server in it
-- column:  max_weight        bigint       records  most that one of them stands for
-- column:  opening_rows      bigint       records  that opened a session whose id was logged
-- column:  sampling_percent  double       percent  what the diagnostic of the log keeps; null: no setting of it was read; 0: none, or what cannot be read

with

-- Logs of a day before and after: what a server is reached through does not change with the window.
seen as (

    select
        coalesce(resource_id, '') as gateway,
        x_lower(server_id) as name,
        layer = 'gateway' and not x_glob(source_table, 'ApiManagement*') as is_insights,
        case when layer = 'gateway' then weight end as weight,
        case when mcp_method = 'initialize' then correlation_id end as opened_by

    from events

    where
        server_id is not null
        and (
            (
                layer = 'gateway'
                and kind in ('request', 'call')
                and occurred_at >= x_add_ms({from_at:Timestamp}, -86400000)
                and occurred_at < x_add_ms({to_at:Timestamp}, 86400000)
            )
            or (layer = 'config' and kind = 'server')
        )

),

opened as (

    select distinct opened_by as correlation_id
    from seen
    where opened_by is not null

),

-- An initialize has its session id in the answer's headers, which another row of the request may hold.
openings as (

    select distinct correlation_id

    from events

    where
        layer = 'gateway'
        and mcp_session_id is not null
        and correlation_id in (select correlation_id from opened)

),

counted as (

    select
        x_lower(coalesce(names.server_id, seen.name)) as server_key,
        seen.gateway,
        seen.name,
        seen.is_insights,
        count(seen.weight) as log_rows,
        max(seen.weight) as max_weight,
        count(openings.correlation_id) as opening_rows

    from seen
    left join server_names as names on seen.name = names.name
    left join openings on seen.opened_by = openings.correlation_id

    group by
        x_lower(coalesce(names.server_id, seen.name)),
        seen.gateway,
        seen.name,
        seen.is_insights

),

-- A diagnostic without sampling keeps everything; so does a service without a diagnostic of its own.
settings as (

    select
        gateway,
        x_lower(api_id) as name,
        min(case when diagnostic_id = 'azuremonitor' then coalesce(sampling_percent, 100) end)
            as sampling_percent

    from gateway_settings

    group by
        gateway,
        x_lower(api_id)

),

services as (

    select
        gateway,
        coalesce(min(case when name is null then sampling_percent end), 100) as sampling_percent

    from settings

    group by gateway

)

select
    counted.server_key,
    counted.gateway,
    counted.is_insights,
    cast(sum(counted.log_rows) as bigint) as log_rows,
    max(counted.max_weight) as max_weight,
    cast(sum(counted.opening_rows) as bigint) as opening_rows,
    -- What an API sets for itself beats what its service sets.
    min(coalesce(api.sampling_percent, services.sampling_percent)) as sampling_percent

from counted
left join settings as api on counted.gateway = api.gateway and counted.name = api.name
left join services on counted.gateway = services.gateway

group by
    counted.server_key,
    counted.gateway,
    counted.is_insights

order by server_key, gateway, is_insights
