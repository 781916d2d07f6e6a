-- name:    soc/calls_of_risky_agents
-- purpose: What agents did that Entra ID Protection holds to be at risk: their calls before and since it said so.
-- readers: SOC
-- grain:   one row per agent with a risk that was read, also where it made no call
-- brief:   agent_id, risk_level, risk_state, said_at, calls_before, calls_since
-- param:   from_at       timestamptz  UTC    window start of the calls, inclusive (default: now-30d)
-- param:   to_at         timestamptz  UTC    window end of the calls, exclusive (default: now)
-- column:  agent_id      varchar      -      as the inventory knows it, else the id of the identity
-- column:  risk_level    varchar      -      low, medium, high, none, as it was said last before to_at
-- column:  risk_state    varchar      -      atRisk, confirmedCompromised, remediated, dismissed, ...
-- column:  event_type    varchar      -      kind of detection; null: only a state was read
-- column:  said_at       timestamptz  UTC    when
-- column:  calls_before  bigint       calls  in the window before that, corrected for sampling
-- column:  calls_since   bigint       calls  in the window since
-- column:  last_call_at  timestamptz  UTC    latest of them; null: none

with

said as (

    select
        coalesce(names.agent_id, event.agent_id) as agent_id,
        x_json1(event.tags, 'risk_level') as risk_level,
        x_json1(event.tags, 'risk_state') as risk_state,
        x_json1(event.tags, 'event_type') as event_type,
        event.occurred_at as said_at,
        row_number() over (
            partition by coalesce(names.agent_id, event.agent_id)
            order by event.occurred_at desc, event.event_id
        ) as position

    from events as event
    left join agent_names as names on x_lower(event.agent_id) = names.name

    where
        event.layer = 'platform'
        and event.kind in ('risk_event', 'risk_state')
        and event.occurred_at < {to_at:Timestamp}

),

latest as (

    select * from said where position = 1

),

calls as (

    select
        agent_id,
        "timestamp" as called_at,
        weight

    from tool_calls

    where
        "timestamp" >= {from_at:Timestamp}
        and "timestamp" < {to_at:Timestamp}

)

select
    latest.agent_id,
    latest.risk_level,
    latest.risk_state,
    latest.event_type,
    latest.said_at,
    cast(sum(case when calls.called_at < latest.said_at then calls.weight else 0 end) as bigint) as calls_before,
    cast(sum(case when calls.called_at >= latest.said_at then calls.weight else 0 end) as bigint) as calls_since,
    max(calls.called_at) as last_call_at

from latest
left join calls on x_lower(latest.agent_id) = x_lower(calls.agent_id)

group by
    latest.agent_id,
    latest.risk_level,
    latest.risk_state,
    latest.event_type,
    latest.said_at

order by calls_since desc, calls_before desc, agent_id
