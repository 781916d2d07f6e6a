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

ranked as (

    select
        *,
        row_number() over (
            partition by source_table, resource_id, server_id
            order by
                case when body_bytes > 0 then 0 else 1 end,
                occurred_at desc,
                event_id
        ) as position

    from requests

)

select
    source_table,
    resource_id,
    server_id,
    max(is_mcp) = 1 as is_mcp,
    count(*) as records,
    count(*) filter (where body_bytes > 0) as body_records,
    cast(sum(case when body_bytes > 0 then body_bytes end) as bigint) as response_bytes,
    min(case when body_bytes > 0 then occurred_at end) as first_at,
    max(case when body_bytes > 0 then occurred_at end) as last_at,
    max(case when position = 1 and body_bytes > 0 then event_id end) as event_id

from ranked

group by
    source_table,
    resource_id,
    server_id

order by source_table, resource_id, server_id
