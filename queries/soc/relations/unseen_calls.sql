-- name:    soc/relations/unseen_calls
-- purpose: Calls that a server saw and the gateway did not, and what ties them to the gateway all the same.
-- readers: SOC
-- grain:   one row per call without gateway evidence
-- uses:    soc/relations/near_gateway_calls, soc/relations/session_shapes
-- param:   from_at           timestamptz  UTC    window start, inclusive (default: now-30d)
-- param:   to_at             timestamptz  UTC    window end, exclusive (default: now)
-- column:  call_id           uuid         -      stable id of the call
-- column:  called_at         timestamptz  UTC    start of the call, by the server's clock
-- column:  server_key        varchar      -      MCP server, in lower case
-- column:  is_session_plain  boolean      -      the server logged a session id, of the kind that the gateway logs and not a name of its own
-- column:  is_session_known  boolean      -      other requests of the session went through the gateway, to this server
-- column:  is_trace_known    boolean      -      other requests of the trace went through the gateway, to this server
-- column:  is_near_another   boolean      -      a call of this tool that no server saw is within 5 seconds: it may be this one

with

unseen as (

    select
        call_id,
        "timestamp" as called_at,
        x_lower(server_id) as server_key,
        mcp_session_id,
        operation_id

    from tool_calls

    where
        server_seen
        and not gateway_seen
        and "timestamp" >= {from_at:Timestamp}
        and "timestamp" < {to_at:Timestamp}

),

unseen_sessions as (

    select distinct mcp_session_id
    from unseen
    where mcp_session_id is not null

),

unseen_traces as (

    select distinct operation_id
    from unseen
    where operation_id is not null

),

at_gateway as (

    select
        x_lower(coalesce(names.server_id, event.server_id)) as server_key,
        event.mcp_session_id,
        event.operation_id

    from events as event
    left join server_names as names on x_lower(event.server_id) = names.name

    where
        event.layer = 'gateway'
        and (
            event.mcp_session_id in (select mcp_session_id from unseen_sessions)
            or event.operation_id in (select operation_id from unseen_traces)
        )

),

-- Some servers have names of their own for a session: of calls that the gateway saw, theirs count too.
sessions as (

    select server_key, mcp_session_id
    from at_gateway

    union distinct

    select x_lower(call.server_id) as server_key, event.mcp_session_id
    from events as event
    inner join correlated_calls as call on event.event_id = call.server_event_id
    where
        call.gateway_seen
        and event.mcp_session_id in (select mcp_session_id from unseen_sessions)

),

traces as (

    select distinct server_key, operation_id
    from at_gateway

)

select
    unseen.call_id,
    unseen.called_at,
    unseen.server_key,
    coalesce(session_shapes.is_issued and not session_shapes.is_renamed, false) as is_session_plain,
    sessions.mcp_session_id is not null as is_session_known,
    traces.operation_id is not null as is_trace_known,
    near_gateway_calls.call_id is not null as is_near_another

from unseen
left join sessions
    on unseen.server_key = sessions.server_key
    and unseen.mcp_session_id = sessions.mcp_session_id
left join traces
    on unseen.server_key = traces.server_key
    and unseen.operation_id = traces.operation_id
left join session_shapes
    on unseen.server_key = session_shapes.server_key
    and x_bytes(unseen.mcp_session_id) = session_shapes.session_bytes
left join near_gateway_calls on unseen.call_id = near_gateway_calls.call_id

order by called_at, call_id
