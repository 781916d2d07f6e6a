-- name:    correlate/match/likely_attempts
-- purpose: Server calls left over that were another try of a matched request: they share its trace, session
--          or agent, lie within the gateway's one request, do not overlap the other try, and the earlier of
--          the two had failed. Nothing else tells: a call that went past the gateway just then would too.
-- readers: later steps
-- grain:   one row per server call left over

with

lost as (

    select
        server_key,
        coalesce(request_event_id, server_key) as request_id,
        at_us,
        reach_us,
        gateway_us,
        gateway_us + reach_us as end_us,
        slack_us,
        has_failed,
        operation_id,
        mcp_session_id,
        agent_id,
        coalesce(known_server_id, server_id, '') || '|' || tool_name as what
    from open_server
    where is_call and tool_name is not null

),

keys_of_lost as (

    select
        1 as way,
        'trace|' || operation_id || '|' || what as match_key,
        server_key,
        gateway_us + slack_us as by_us
    from lost
    union all
    select 2, 'session|' || mcp_session_id || '|' || what, server_key, gateway_us + slack_us
    from lost
    union all
    select 3, 'agent|' || x_lower(agent_id) || '|' || what, server_key, gateway_us + slack_us
    from lost

),

met_by_agent as (

    -- The tries of a call share what its gateway sent on: they have no trace or session if this has none.
    select server_key
    from matches
    where rung = 'agent'

),

alike as (

    select
        server_key,
        operation_id,
        mcp_session_id,
        agent_id,
        coalesce(known_server_id, server_id, '') || '|' || tool_name as what
    from server_calls
    where
        operation_id in (select operation_id from lost)
        or mcp_session_id in (select mcp_session_id from lost)
        or (
            x_lower(agent_id) in (select x_lower(agent_id) from lost)
            and server_key in (select server_key from met_by_agent)
        )

),

met as (

    select
        matches.gateway_id,
        alike.operation_id,
        alike.mcp_session_id,
        alike.agent_id,
        alike.what,
        matches.rung,
        cast(gateway.at_us as double) as at_us
    from alike
    inner join matches on alike.server_key = matches.server_key
    inner join gateway_calls as gateway on matches.gateway_id = gateway.gateway_id
    where gateway.is_call

),

keys_of_met as (

    select 'trace|' || operation_id || '|' || what as match_key, gateway_id, at_us from met
    union all
    select 'session|' || mcp_session_id || '|' || what, gateway_id, at_us from met
    union all
    select 'agent|' || x_lower(agent_id) || '|' || what, gateway_id, at_us from met where rung = 'agent'

),

latest as (

    -- Of several that began at once, one.
    select match_key, at_us, min(gateway_id) as gateway_id
    from keys_of_met
    where match_key is not null
    group by match_key, at_us

),

named as (

    select distinct server_key, gateway_id
    from parents
    where is_possible

),

near as (

    select asked.server_key, asked.way, latest.gateway_id
    from keys_of_lost as asked
    asof join latest
        on asked.match_key = latest.match_key
        and asked.by_us >= latest.at_us

)

select
    near.gateway_id,
    near.server_key,
    lost.at_us,
    lost.at_us > chosen.at_us as is_later
from near
inner join lost on near.server_key = lost.server_key
inner join gateway_calls as gateway on near.gateway_id = gateway.gateway_id
inner join matches on near.gateway_id = matches.gateway_id
inner join server_calls as chosen on matches.server_key = chosen.server_key
left join (select distinct server_key from named) as placed on near.server_key = placed.server_key
left join named on near.server_key = named.server_key and near.gateway_id = named.gateway_id
where
    -- What names its gateway request is a try of no other.
    (placed.server_key is null or named.gateway_id is not null)
    and lost.request_id <> coalesce(chosen.request_event_id, chosen.server_key)
    and lost.gateway_us >= gateway.at_us - lost.slack_us
    and lost.end_us <= gateway.at_us + gateway.reach_us + lost.slack_us
    -- Both by the one clock of their server.
    and (
        (lost.has_failed and lost.at_us + lost.reach_us <= chosen.at_us)
        or (chosen.has_failed and chosen.at_us + chosen.reach_us <= lost.at_us)
    )
qualify row_number() over (partition by near.server_key order by near.way) = 1
