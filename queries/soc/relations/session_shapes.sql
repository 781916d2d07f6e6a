-- name:    soc/relations/session_shapes
-- purpose: How long the session ids of a server are as the gateway logs them, and as the server renames them.
-- readers: SOC
-- grain:   one row per server and length
-- column:  server_key     varchar  -      MCP server, in lower case
-- column:  session_bytes  bigint   bytes  length of a session id
-- column:  is_issued      boolean  -      the gateway logged ids of this length
-- column:  is_renamed     boolean  -      of calls joined by trace, where the server's id has this length, one in a hundred has another id at the gateway

with

-- Servers issue the ids that clients send, so both sides log the same; some log a hash in their place.
-- A join may be wrong now and then: a few ids that differ make no habit.
shapes as (

    select
        x_lower(coalesce(names.server_id, event.server_id)) as server_key,
        x_bytes(event.mcp_session_id) as session_bytes,
        1 as issued,
        0 as joined,
        0 as renamed

    from events as event
    left join server_names as names on x_lower(event.server_id) = names.name

    where
        event.layer = 'gateway'
        and event.mcp_session_id is not null

    union all

    select
        x_lower(call.server_id) as server_key,
        x_bytes(event.mcp_session_id) as session_bytes,
        0 as issued,
        1 as joined,
        case when event.mcp_session_id = call.mcp_session_id then 0 else 1 end as renamed

    from correlated_calls as call
    inner join events as event on call.server_event_id = event.event_id

    where
        call.gateway_seen
        and call.match_rung = 'operation_id'
        and call.mcp_session_id is not null
        and event.mcp_session_id is not null

)

select
    server_key,
    session_bytes,
    max(issued) = 1 as is_issued,
    sum(renamed) * 100 > sum(joined) as is_renamed

from shapes

where server_key is not null

group by
    server_key,
    session_bytes

order by server_key, session_bytes
