-- name:    sre/oauth_discovery_by_server
-- purpose: How many 401s started an OAuth flow at each production server, how many flows ended in a success, and how many went in circles.
-- readers: SRE, SOC
-- grain:   one row per server, most challenges first
-- uses:    sre/relations/auth_decisions
-- param:   from_at                        timestamptz  UTC       window start, inclusive (default: now-30d)
-- param:   to_at                          timestamptz  UTC       window end, exclusive (default: now)
-- column:  server_id                      varchar      -         MCP server; null: the requests name none
-- column:  discovery_401                  bigint       requests  401s to a request without a credential, corrected for sampling
-- column:  discovery_followed_by_success  bigint       requests  of them followed by a success of the same client within 10 minutes
-- column:  discovery_loop                 bigint       requests  of them excess: the fourth or a later one within 10 minutes, without a success
-- column:  last_loop_at                   timestamptz  UTC       latest of those; null: none

with

attempts as (

    select
        server_id,
        auth_outcome,
        is_discovery_loop,
        weight,
        "timestamp" as seen_at,
        x_us("timestamp") as at_us,
        coalesce(caller_ip, '') || ' ' || coalesce(client_name, '') || ' ' || coalesce(server_id, '')
            as client_key

    from auth_decisions

    where
        auth_outcome in ('challenge', 'success')
        and coalesce(environment, 'production') = 'production'
        and "timestamp" >= {from_at:Timestamp}
        and "timestamp" < x_add_ms({to_at:Timestamp}, 600000)

),

-- From the latest back, so that the success that was seen last is the next; one of the same instant follows nothing.
followed as (

    select
        *,
        min(case when auth_outcome = 'success' then at_us end) over (
            partition by client_key
            order by at_us desc, auth_outcome
            rows between unbounded preceding and current row
        ) as success_us

    from attempts

    where client_key in (select client_key from attempts where auth_outcome = 'challenge')

)

select
    server_id,
    cast(sum(weight) as bigint) as discovery_401,
    cast(sum(case when success_us - at_us <= 600000000 then weight else 0 end) as bigint)
        as discovery_followed_by_success,
    cast(sum(case when is_discovery_loop then weight else 0 end) as bigint) as discovery_loop,
    max(case when is_discovery_loop then seen_at end) as last_loop_at

from followed

where
    auth_outcome = 'challenge'
    and seen_at < {to_at:Timestamp}

group by server_id

order by discovery_401 desc, server_id
