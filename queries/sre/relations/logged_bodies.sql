-- name:     sre/relations/logged_bodies
-- purpose:  Where records of requests come from, and in how many of them a response body was logged.
-- readers:  SRE, SOC
-- grain:    one row per source table, resource and server or API
-- evidence: gateway, server
-- param:    from_at         timestamptz  UTC      window start, inclusive (default: now-30d)
-- param:    to_at           timestamptz  UTC      window end, exclusive (default: now)
-- column:   source_table    varchar      -        Azure table or stream that holds the records
-- column:   resource_id     varchar      -        resource whose records they are; null: they name none
-- column:   server_id       varchar      -        MCP server, else the API; null: the records name none
-- column:   is_mcp          boolean      -        whether MCP runs there: by its traffic, or the server is in the inventory
-- column:   records         bigint       records  in the window
-- column:   body_records    bigint       records  that held a response body or a tool's result
-- column:   response_bytes  bigint       bytes    of bodies in them; null: none
-- column:   first_at        timestamptz  UTC      earliest record with a body; null: none
-- column:   last_at         timestamptz  UTC      latest of them
-- column:   event_id        uuid         -        that latest record, in events

with

requests as (

    select
        event.event_id,
        event.source_table,
        event.resource_id,
        coalesce(names.server_id, event.server_id) as server_id,
        event.occurred_at,
        event.response_body_logged_bytes as body_bytes,
        case
            when event.mcp_method is not null or event.tool_name is not null or event.kind = 'call' then 1
            when names.server_id is not null then 1
            else 0
        end as is_mcp

    from events as event
    left join server_names as names on x_lower(event.server_id) = names.name

    where
        event.layer in ('gateway', 'server')
        and event.occurred_at >= {from_at:Timestamp}
        and event.occurred_at < {to_at:Timestamp}

),

counted as (

    select
        source_table,
        coalesce(resource_id, '') as resource_key,
        coalesce(server_id, '') as server_key,
        max(resource_id) as resource_id,
        max(server_id) as server_id,
        max(is_mcp) = 1 as is_mcp,
        count(*) as records

    from requests

    group by
        source_table,
        coalesce(resource_id, ''),
        coalesce(server_id, '')

),

ranked_bodies as (

    select
        source_table,
        coalesce(resource_id, '') as resource_key,
        coalesce(server_id, '') as server_key,
        event_id,
        occurred_at,
        body_bytes,
        row_number() over (
            partition by source_table, coalesce(resource_id, ''), coalesce(server_id, '')
            order by occurred_at desc, event_id
        ) as position

    from requests

    where body_bytes > 0

),

bodies as (

    select
        source_table,
        resource_key,
        server_key,
        count(*) as body_records,
        cast(sum(body_bytes) as bigint) as response_bytes,
        min(occurred_at) as first_at,
        max(occurred_at) as last_at,
        max(case when position = 1 then event_id end) as event_id

    from ranked_bodies

    group by
        source_table,
        resource_key,
        server_key

)

select
    counted.source_table as source_table,
    counted.resource_id as resource_id,
    counted.server_id as server_id,
    counted.is_mcp as is_mcp,
    counted.records as records,
    coalesce(bodies.body_records, 0) as body_records,
    bodies.response_bytes as response_bytes,
    bodies.first_at as first_at,
    bodies.last_at as last_at,
    bodies.event_id as event_id

from counted
left join bodies
    on counted.source_table = bodies.source_table
    and counted.resource_key = bodies.resource_key
    and counted.server_key = bodies.server_key

order by source_table, resource_id, server_id
