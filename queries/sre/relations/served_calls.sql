-- name:     sre/relations/served_calls
-- purpose:  Calls that servers report, with whether they came through the gateway, and servers that report none.
-- readers:  SRE, SOC
-- grain:    one row per call that a server reported; one per server whose calls only the gateway reports
-- evidence: gateway, server, tool_calls
-- uses:     soc/relations/unseen_reasons
-- param:    from_at          timestamptz  UTC      window start, inclusive (default: now-30d)
-- param:    to_at            timestamptz  UTC      window end, exclusive (default: now)
-- param:    late_minutes     bigint       minutes  how much later than its neighbours a log row may come (default: 20)
-- param:    silence_minutes  bigint       minutes  a longer pause between two log rows may be a gap (default: 60)
-- column:   subject          varchar      -        the call's id, or the server that reports no call
-- column:   called_at        timestamptz  UTC      start of the call; of a server that reports none, its latest call
-- column:   standing         varchar      -        through, not_through, log_late, log_sampled, log_off, not_provable or server_mute
-- column:   decided_by       varchar      -        what decides why the gateway has no record; docs/soc.md explains each
-- column:   environment      varchar      -        environment of the server
-- column:   agent_id         varchar      -        agent
-- column:   caller_identity  varchar      -        caller, as logged
-- column:   caller_ip        varchar      -        address that the server saw
-- column:   server_id        varchar      -        MCP server
-- column:   tool_name        varchar      -        tool
-- column:   tool_class       varchar      -        read_only, write, destructive or unclassified
-- column:   weight           bigint       calls    calls that the row stands for

with

calls as (

    select
        call.call_id,
        call."timestamp" as called_at,
        call.server_seen,
        case
            when call.gateway_seen then 'through'
            else coalesce(reasons.unseen_why, 'not_provable')
        end as standing,
        reasons.evidence as decided_by,
        call.environment,
        call.agent_id,
        call.caller_identity,
        call.caller_ip,
        call.server_id,
        call.tool_name,
        call.tool_class,
        call.weight

    from tool_calls as call
    left join unseen_reasons as reasons on call.call_id = reasons.call_id

    where
        call."timestamp" >= {from_at:Timestamp}
        and call."timestamp" < {to_at:Timestamp}

),

mute_servers as (

    select
        server_id,
        max(environment) as environment,
        max(called_at) as called_at

    from calls

    where server_id is not null

    group by server_id

    having max(case when server_seen then 1 else 0 end) = 0

)

select
    x_text(call_id) as subject,
    called_at,
    standing,
    decided_by,
    environment,
    agent_id,
    caller_identity,
    caller_ip,
    server_id,
    tool_name,
    tool_class,
    weight

from calls

where server_seen

union all

select
    'server ' || server_id as subject,
    called_at,
    'server_mute' as standing,
    cast(null as varchar) as decided_by,
    environment,
    cast(null as varchar) as agent_id,
    cast(null as varchar) as caller_identity,
    cast(null as varchar) as caller_ip,
    server_id,
    cast(null as varchar) as tool_name,
    cast(null as varchar) as tool_class,
    cast(1 as bigint) as weight

from mute_servers

order by called_at, subject
