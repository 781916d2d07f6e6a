-- name:    soc/gateway_bypass_by_server
-- purpose: Which servers were called around the gateway, and whether it could have been seen.
-- readers: SOC
-- grain:   one row per server with a tool call in the window
-- brief:   server_id, environment, gateway_calls, server_calls, bypass_calls, bypass_ratio, destructive_calls, is_observable
-- param:   from_at            timestamptz  UTC     window start, inclusive (default: now-30d)
-- param:   to_at              timestamptz  UTC     window end, exclusive (default: now)
-- column:  server_id          varchar      -       MCP server
-- column:  environment        varchar      -       of the server
-- column:  server_owner       varchar      -       of the server
-- column:  gateway_calls      bigint       calls   calls that the gateway saw
-- column:  server_calls       bigint       calls   calls that the server saw
-- column:  bypass_calls       bigint       calls   of these, calls without a gateway record
-- column:  bypass_ratio       double       ratio   bypass_calls / server_calls; null when the server reports nothing
-- column:  destructive_calls  bigint       calls   bypass calls of destructive or unclassified tools
-- column:  agents             bigint       agents  distinct agents among the bypass calls
-- column:  is_observable      boolean      -       false: the server reports nothing, so a bypass would not show
-- column:  first_bypass_at    timestamptz  UTC     earliest bypass call
-- column:  last_bypass_at     timestamptz  UTC     latest bypass call

with

calls as (

    select
        coalesce(server_id, '(unknown server)') as server_id,
        environment,
        server_owner,
        agent_id,
        "timestamp",
        weight,
        gateway_seen,
        server_seen,
        server_seen and not gateway_seen as is_bypass,
        tool_class in ('destructive', 'unclassified') as is_dangerous

    from tool_calls

    where
        "timestamp" >= {from_at:Timestamp}
        and "timestamp" < {to_at:Timestamp}

),

counted as (

    select
        server_id,
        max(environment) as environment,
        max(server_owner) as server_owner,
        cast(sum(case when gateway_seen then weight else 0 end) as bigint) as gateway_calls,
        cast(sum(case when server_seen then weight else 0 end) as bigint) as server_calls,
        cast(sum(case when is_bypass then weight else 0 end) as bigint) as bypass_calls,
        cast(sum(case when is_bypass and is_dangerous then weight else 0 end) as bigint)
            as destructive_calls,
        count(distinct case when is_bypass then agent_id end) as agents,
        min(case when is_bypass then "timestamp" end) as first_bypass_at,
        max(case when is_bypass then "timestamp" end) as last_bypass_at

    from calls

    group by server_id

)

select
    server_id,
    environment,
    server_owner,
    gateway_calls,
    server_calls,
    bypass_calls,
    bypass_calls / nullif(server_calls, 0) as bypass_ratio,
    destructive_calls,
    agents,
    server_calls > 0 as is_observable,
    first_bypass_at,
    last_bypass_at

from counted

order by bypass_calls desc, server_id
