-- name:     sre/relations/agent_ownership
-- purpose:  Every agent that acted or is registered, and whether the inventory knows it and its owner.
-- readers:  SRE
-- grain:    one row per agent; calls without an agent id are one row per server and caller
-- evidence: gateway, server, tool_calls
-- param:    from_at        timestamptz  UTC    window start, inclusive (default: now-30d)
-- param:    to_at          timestamptz  UTC    window end, exclusive (default: now)
-- column:   subject               varchar      -      agent id, or the server and caller that gave none
-- column:   agent_id              varchar      -      agent; null when the calls name none
-- column:   environment           varchar      -      production, other, or null where no server or inventory says
-- column:   finding               varchar      -      unknown-agent, unowned-agent, expired-agent; disputed-agent: one of these, but only one side of calls named it; null when all is well
-- column:   agent_name            varchar      -      name in the inventory
-- column:   owner                 varchar      -      owner in the inventory
-- column:   expires_at            timestamptz  UTC    end of the inventory record
-- column:   is_expiry_unreadable  boolean      -      telemetry gave its end, and not as a time; the inventory file gives none
-- column:   first_seen_at         timestamptz  UTC    first act in the window; null when registered only
-- column:   last_seen_at          timestamptz  UTC    last act in the window
-- column:   calls                 bigint       calls  tool calls in the window, corrected for sampling

with

acts as (

    select
        agent_id,
        coalesce(
            agent_id,
            'no agent id: server ' || coalesce(server_id, '?')
                || ', caller ' || coalesce(caller_identity, '?')
        ) as subject,
        environment,
        "timestamp" as acted_at,
        weight as calls,
        0 as is_disputed

    from tool_calls

    where
        "timestamp" >= {from_at:Timestamp}
        and "timestamp" < {to_at:Timestamp}

    union all

    -- An agent that signed in and only listed tools has acted too.
    select
        agent_id,
        agent_id as subject,
        environment,
        "timestamp" as acted_at,
        0 as calls,
        0 as is_disputed

    from auth_attempts

    where
        agent_id is not null
        and auth_outcome = 'success'
        and "timestamp" >= {from_at:Timestamp}
        and "timestamp" < {to_at:Timestamp}

    union all

    -- One side named this agent, the other the one that the call is told of.
    select
        joined.other_agent_id as agent_id,
        joined.other_agent_id as subject,
        call.environment as environment,
        call."timestamp" as acted_at,
        0 as calls,
        1 as is_disputed

    from correlated_calls as joined
    inner join tool_calls as call on joined.call_id = call.call_id

    where
        joined.other_agent_id is not null
        and call."timestamp" >= {from_at:Timestamp}
        and call."timestamp" < {to_at:Timestamp}

),

acting as (

    select
        subject,
        max(agent_id) as agent_id,
        max(case when environment = 'production' then 1 else 0 end) as in_production,
        max(case when environment is null then 1 else 0 end) as in_unknown,
        min(acted_at) as first_seen_at,
        max(acted_at) as last_seen_at,
        cast(sum(calls) as bigint) as calls,
        min(is_disputed) as is_only_disputed

    from acts

    group by subject

),

subjects as (

    select subject, agent_id from acting

    union distinct

    select agent_id as subject, agent_id from agents where environment = 'production'

),

-- What each table of telemetry said last of an agent that no inventory file has.
reported as (

    select
        coalesce(names.agent_id, event.agent_id) as agent_id,
        x_json1(event.tags, 'expires_at') as expires_text,
        row_number() over (
            partition by coalesce(names.agent_id, event.agent_id), event.source_table
            order by event.occurred_at desc, event.event_id
        ) as age

    from events as event
    left join agent_names as names on x_lower(event.agent_id) = names.name

    where event.layer = 'config' and event.kind = 'agent'

),

unreadable_expiries as (

    select distinct reported.agent_id

    from reported
    anti join inventory_agents on reported.agent_id = inventory_agents.agent_id

    where
        reported.age = 1
        and reported.expires_text is not null
        and x_ts(reported.expires_text) is null

),

found as (

    select
        subjects.subject as subject,
        subjects.agent_id as agent_id,
        case
            when acting.in_production = 1 or agents.environment = 'production' then 'production'
            -- Of a server of which nobody says, it may be production, whatever the agent is meant for.
            when acting.in_unknown = 1 then null
            else 'other'
        end as environment,
        case
            when agents.agent_id is null or not agents.is_known then 'unknown-agent'
            when agents.expires_at <= {to_at:Timestamp} then 'expired-agent'
            when coalesce(agents.owner, '') = '' then 'unowned-agent'
        end as finding,
        -- Who is registered for production is looked at whether it acted or not.
        coalesce(acting.is_only_disputed, 0) = 1
            and coalesce(agents.environment, '') <> 'production' as is_disputed,
        agents.display_name as agent_name,
        agents.owner as owner,
        agents.expires_at as expires_at,
        unreadable_expiries.agent_id is not null and agents.expires_at is null as is_expiry_unreadable,
        acting.first_seen_at as first_seen_at,
        acting.last_seen_at as last_seen_at,
        coalesce(acting.calls, 0) as calls

    from subjects

    left join acting on subjects.subject = acting.subject
    left join agents on subjects.agent_id = agents.agent_id
    left join unreadable_expiries on subjects.agent_id = unreadable_expiries.agent_id

)

select
    subject,
    agent_id,
    environment,
    case when is_disputed and finding is not null then 'disputed-agent' else finding end as finding,
    agent_name,
    owner,
    expires_at,
    is_expiry_unreadable,
    first_seen_at,
    last_seen_at,
    calls

from found

order by subject
