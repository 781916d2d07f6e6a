-- name:     sre/relations/first_waves
-- purpose:  Tool domains that began in the window, and what ran in the first days of each.
-- readers:  SRE, SOC
-- grain:    one row per server whose first call is in the window
-- evidence: gateway, server, tool_calls
-- param:    from_at             timestamptz  UTC    window start, inclusive (default: now-30d)
-- param:    to_at               timestamptz  UTC    window end, exclusive (default: now)
-- param:    wave_days           bigint       days   how long the first wave of a domain lasts (default: 7)
-- column:   server_id           varchar      -      MCP server, the domain of its tools
-- column:   environment         varchar      -      of the server; null: not known
-- column:   first_call_at       timestamptz  UTC    first call of the domain
-- column:   evidence_began_at   timestamptz  UTC    when the evidence begins
-- column:   is_beginning_seen   boolean      -      the evidence begins a whole wave before the first call, which so was the first
-- column:   wave_calls          bigint       calls  calls of the first wave that ran or may have
-- column:   changing_calls      bigint       calls  of them of write or destructive tools
-- column:   unclassified_calls  bigint       calls  of them of tools in no inventory
-- column:   call_id             uuid         -      first call that changed something
-- column:   tool_name           varchar      -      its tool
-- column:   tool_class          varchar      -      its class
-- column:   agent_id            varchar      -      its agent
-- column:   changed_at          timestamptz  UTC    when it was made

with

-- A first call is the first of all, not of the window.
first_calls as (

    select
        server_id,
        min("timestamp") as first_call_at

    from correlated_calls

    where
        server_id is not null
        and coalesce(executed, true)
        and outcome not in ('denied', 'challenge')
        and "timestamp" < {to_at:Timestamp}

    group by server_id

    having min("timestamp") >= {from_at:Timestamp}

),

waves as (

    select
        call.call_id,
        call.server_id,
        call.environment,
        call.tool_name,
        call.tool_class,
        call.agent_id,
        call."timestamp" as called_at,
        call.weight,
        first_calls.first_call_at,
        case when call.tool_class in ('write', 'destructive') then 1 else 0 end as is_changing

    from tool_calls as call
    inner join first_calls on call.server_id = first_calls.server_id

    where
        coalesce(call.executed, true)
        and call.outcome not in ('denied', 'challenge')
        and call."timestamp" >= {from_at:Timestamp}
        and call."timestamp" < {to_at:Timestamp}
        and x_ms_between(first_calls.first_call_at, call."timestamp")
            < cast({wave_days:Bigint} as double) * 86400000

),

ranked as (

    select
        *,
        row_number() over (
            partition by server_id order by is_changing desc, called_at, call_id
        ) as position

    from waves

),

beginning as (

    select min(occurred_at) as evidence_began_at
    from events
    where layer in ('gateway', 'server')

)

select
    ranked.server_id,
    max(ranked.environment) as environment,
    min(ranked.first_call_at) as first_call_at,
    min(beginning.evidence_began_at) as evidence_began_at,
    coalesce(
        x_ms_between(min(beginning.evidence_began_at), min(ranked.first_call_at))
            >= cast({wave_days:Bigint} as double) * 86400000,
        false
    ) as is_beginning_seen,
    cast(sum(ranked.weight) as bigint) as wave_calls,
    cast(sum(case when ranked.is_changing = 1 then ranked.weight else 0 end) as bigint) as changing_calls,
    cast(sum(case when ranked.tool_class = 'unclassified' then ranked.weight else 0 end) as bigint)
        as unclassified_calls,
    max(case when ranked.position = 1 and ranked.is_changing = 1 then ranked.call_id end) as call_id,
    max(case when ranked.position = 1 and ranked.is_changing = 1 then ranked.tool_name end) as tool_name,
    max(case when ranked.position = 1 and ranked.is_changing = 1 then ranked.tool_class end) as tool_class,
    max(case when ranked.position = 1 and ranked.is_changing = 1 then ranked.agent_id end) as agent_id,
    max(case when ranked.position = 1 and ranked.is_changing = 1 then ranked.called_at end) as changed_at

from ranked
cross join beginning

group by ranked.server_id

order by server_id
