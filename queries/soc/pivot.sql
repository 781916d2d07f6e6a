-- name:    soc/pivot
-- purpose: What shares an id: everything seen together with a session, trace, agent, caller, address or call.
-- readers: SOC
-- grain:   one row per kind of id and its value, most seen first within a kind
-- brief:   facet, value, tool_calls, auth_attempts, sign_ins, failures, last_at
-- param:   from_at        timestamptz  UTC   window start, inclusive (default: now-30d)
-- param:   to_at          timestamptz  UTC   window end, exclusive (default: now)
-- param:   id             varchar      -     any id: call, session, trace, gateway request, agent (also by name), caller, address
-- param:   id_pseudonym   varchar      -     the id as an identity, as a store has it that keeps pseudonyms (default: )
-- param:   id_address     varchar      -     the id as an address, as such a store has it (default: )
-- column:  facet          varchar      -     session, trace, agent, other_agent (named by the other side of a call), caller, ip, client, server or tool
-- column:  value          varchar      -     an id of that kind
-- column:  tool_calls     bigint       rows  tool calls that carry both ids
-- column:  auth_attempts  bigint       rows  authentication decisions that carry both
-- column:  sign_ins       bigint       rows  sign-ins that carry both
-- column:  failures       bigint       rows  of all these, failed or refused
-- column:  first_at       timestamptz  UTC   earliest
-- column:  last_at        timestamptz  UTC   latest

with

-- Whoever looks for an agent may write its id in any case, as telemetry does.
agents_asked as (

    select agent_id
    from agents
    where
        x_lower(agent_id) in (x_lower({id:Varchar}), x_lower({id_pseudonym:Varchar}))
        or x_lower(display_name) in (x_lower({id:Varchar}), x_lower({id_pseudonym:Varchar}))

    union distinct

    select agent_id
    from agent_names
    where x_lower(name) in (x_lower({id:Varchar}), x_lower({id_pseudonym:Varchar}))

),

evidence as (

    select
        'call' as kind,
        "timestamp",
        x_text(call_id) as call_id,
        session_key,
        mcp_session_id,
        operation_id,
        correlation_id,
        server_span_id,
        agent_id,
        other_agent_id,
        caller_identity,
        caller_ip,
        client_name,
        server_id,
        tool_name,
        outcome
    from correlated_calls

    union all

    select
        'attempt' as kind,
        "timestamp",
        cast(null as varchar) as call_id,
        cast(null as varchar) as session_key,
        cast(null as varchar) as mcp_session_id,
        cast(null as varchar) as operation_id,
        correlation_id,
        cast(null as varchar) as server_span_id,
        agent_id,
        cast(null as varchar) as other_agent_id,
        caller_identity,
        caller_ip,
        client_name,
        server_id,
        cast(null as varchar) as tool_name,
        auth_outcome as outcome
    from auth_attempts

    union all

    select
        'sign_in' as kind,
        "timestamp",
        cast(null as varchar) as call_id,
        cast(null as varchar) as session_key,
        cast(null as varchar) as mcp_session_id,
        cast(null as varchar) as operation_id,
        cast(null as varchar) as correlation_id,
        cast(null as varchar) as server_span_id,
        agent_id,
        cast(null as varchar) as other_agent_id,
        caller_identity,
        caller_ip,
        cast(null as varchar) as client_name,
        cast(null as varchar) as server_id,
        cast(null as varchar) as tool_name,
        case when is_success then 'success' else 'failure' end as outcome
    from sign_ins

),

evidence_with_id as (

    select *
    from evidence
    where
        "timestamp" >= {from_at:Timestamp}
        and "timestamp" < {to_at:Timestamp}
        and (
            call_id = x_text(x_to_uuid({id:Varchar}))
            or session_key = {id:Varchar}
            or mcp_session_id = {id:Varchar}
            or operation_id = {id:Varchar}
            or correlation_id = {id:Varchar}
            or server_span_id = {id:Varchar}
            or agent_id in ({id:Varchar}, {id_pseudonym:Varchar})
            or agent_id in (select agent_id from agents_asked)
            or other_agent_id in ({id:Varchar}, {id_pseudonym:Varchar})
            or other_agent_id in (select agent_id from agents_asked)
            or caller_identity in ({id:Varchar}, {id_pseudonym:Varchar})
            or caller_ip in ({id:Varchar}, {id_address:Varchar})
        )

),

facets as (

    select 'session' as facet
    union all
    select 'trace' as facet
    union all
    select 'agent' as facet
    union all
    select 'other_agent' as facet
    union all
    select 'caller' as facet
    union all
    select 'ip' as facet
    union all
    select 'client' as facet
    union all
    select 'server' as facet
    union all
    select 'tool' as facet

),

values_beside as (

    select
        facet,
        case facet
            when 'session' then session_key
            when 'trace' then operation_id
            when 'agent' then agent_id
            when 'other_agent' then other_agent_id
            when 'caller' then caller_identity
            when 'ip' then caller_ip
            when 'client' then client_name
            when 'server' then server_id
            when 'tool' then tool_name
        end as value,
        kind,
        outcome,
        "timestamp"

    from evidence_with_id
    cross join facets

)

select
    facet,
    value,
    count(*) filter (where kind = 'call') as tool_calls,
    count(*) filter (where kind = 'attempt') as auth_attempts,
    count(*) filter (where kind = 'sign_in') as sign_ins,
    count(*) filter (where outcome in ('failure', 'denied')) as failures,
    min("timestamp") as first_at,
    max("timestamp") as last_at

from values_beside

where value is not null

group by
    facet,
    value

order by facet, tool_calls + auth_attempts + sign_ins desc, value
