-- name:     sre/relations/server_registration
-- purpose:  Every server that was used, and whether the inventory knows and approves it.
-- readers:  SRE, SOC
-- grain:    one row per server; calls that name none are one row
-- evidence: gateway, server, tool_calls
-- param:    from_at        timestamptz  UTC    window start, inclusive (default: now-30d)
-- param:    to_at          timestamptz  UTC    window end, exclusive (default: now)
-- column:   server_id      varchar      -      server; null: the calls name none
-- column:   environment    varchar      -      in the inventory, else as telemetry says; null: neither says
-- column:   is_known       boolean      -      in the inventory
-- column:   approved       boolean      -      by the inventory; null: it does not say
-- column:   owner          varchar      -      owner in the inventory
-- column:   agents         bigint       agents  distinct agents that used it
-- column:   calls          bigint       calls  tool calls in the window, corrected for sampling
-- column:   first_seen_at  timestamptz  UTC    first use in the window
-- column:   last_seen_at   timestamptz  UTC    latest use

with

uses as (

    select server_id, environment, agent_id, "timestamp" as used_at, weight as calls

    from tool_calls

    where
        "timestamp" >= {from_at:Timestamp}
        and "timestamp" < {to_at:Timestamp}

    union all

    -- A server of which only the tools were listed was used too.
    select server_id, environment, agent_id, "timestamp" as used_at, 0 as calls

    from auth_attempts

    where
        server_id is not null
        and auth_outcome = 'success'
        and "timestamp" >= {from_at:Timestamp}
        and "timestamp" < {to_at:Timestamp}

),

used as (

    select
        server_id,
        max(environment) as environment,
        count(distinct agent_id) as agents,
        cast(sum(calls) as bigint) as calls,
        min(used_at) as first_seen_at,
        max(used_at) as last_seen_at

    from uses

    group by server_id

)

select
    used.server_id,
    coalesce(servers.environment, used.environment) as environment,
    coalesce(servers.is_known, false) as is_known,
    servers.approved,
    servers.owner,
    used.agents,
    used.calls,
    used.first_seen_at,
    used.last_seen_at

from used

left join servers on used.server_id = servers.server_id

order by server_id
