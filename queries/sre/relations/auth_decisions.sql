-- name:     sre/relations/auth_decisions
-- purpose:  Every authentication decision, and which challenges are a client going in circles.
-- readers:  SRE
-- grain:    one row per authentication attempt
-- evidence: gateway, auth_attempts
-- time:     timestamp
-- rows:     auth_attempts
-- facts:    sre/oauth_discovery_by_server
-- param:    from_at              timestamptz  UTC  window start, inclusive (default: now-30d)
-- param:    to_at                timestamptz  UTC  window end, exclusive (default: now)
-- column:   event_id             uuid         -    the attempt
-- column:   timestamp            timestamptz  UTC  when it was made
-- column:   agent_id             varchar      -    agent; null when it gave none
-- column:   server_id            varchar      -    MCP server
-- column:   caller_identity      varchar      -    who called
-- column:   caller_ip            varchar      -    from where
-- column:   client_name          varchar      -    by which client
-- column:   inbound_auth         varchar      -    how it authenticates
-- column:   environment          varchar      -    the server's; null: not known
-- column:   http_status          integer      -    how it was answered
-- column:   auth_outcome         varchar      -    success, failure, challenge, rate_limited or unknown
-- column:   error_type           varchar      -    as the gateway names it
-- column:   correlation_id       varchar      -    of the gateway's request
-- column:   weight               bigint       -    attempts that the row stands for
-- column:   is_discovery_loop    boolean      -    a fourth or later challenge to one client of a server within 10 minutes, none of which was followed by a success within 10 minutes

with

-- A client is known by address, name and server; where neither is logged, all clients of a server are one.
challenges as (

    select
        event_id,
        coalesce(caller_ip, '') || ' ' || coalesce(client_name, '') || ' ' || coalesce(server_id, '')
            as client_key,
        x_us("timestamp") as at_us

    from auth_attempts

    where
        auth_outcome = 'challenge'
        and x_us("timestamp") >= x_us({from_at:Timestamp}) - 600000000
        and x_us("timestamp") < x_us({to_at:Timestamp}) + 600000000

),

often_challenged as (

    select client_key
    from challenges
    group by client_key
    having count(*) > 3

),

counted_challenges as (

    select
        challenges.event_id,
        challenges.client_key,
        challenges.at_us,
        count(*) over (
            partition by challenges.client_key
            order by challenges.at_us
            range between 600000000 preceding and current row
        ) as challenges_in_10_minutes

    from challenges

    inner join often_challenged on challenges.client_key = often_challenged.client_key

),

excess as (

    select event_id, client_key, at_us, x_div(at_us, 60000000) as minute_no
    from counted_challenges
    where challenges_in_10_minutes > 3

),

-- The first and the last of a minute tell: whatever the traffic, there are no more rows than minutes.
success_minutes as (

    select
        attempts.client_key,
        attempts.minute_no,
        min(attempts.at_us) as first_us,
        max(attempts.at_us) as last_us

    from (
        select
            coalesce(caller_ip, '') || ' ' || coalesce(client_name, '') || ' '
                || coalesce(server_id, '') as client_key,
            x_us("timestamp") as at_us,
            x_div(x_us("timestamp"), 60000000) as minute_no
        from auth_attempts
        where
            auth_outcome = 'success'
            and x_us("timestamp") >= x_us({from_at:Timestamp}) - 600000000
            and x_us("timestamp") < x_us({to_at:Timestamp}) + 1200000000
    ) as attempts

    inner join (select distinct client_key from excess) as clients
        on attempts.client_key = clients.client_key

    group by
        attempts.client_key,
        attempts.minute_no

),

minutes_after as (

    select 0 as minutes
    union all
    select 1 as minutes
    union all
    select 2 as minutes
    union all
    select 3 as minutes
    union all
    select 4 as minutes
    union all
    select 5 as minutes
    union all
    select 6 as minutes
    union all
    select 7 as minutes
    union all
    select 8 as minutes
    union all
    select 9 as minutes
    union all
    select 10 as minutes

),

excess_minutes as (

    select
        excess.event_id,
        excess.client_key,
        excess.at_us,
        excess.minute_no + minutes_after.minutes as minute_no
    from excess
    cross join minutes_after

),

answered as (

    select distinct excess_minutes.event_id

    from excess_minutes

    inner join success_minutes
        on excess_minutes.client_key = success_minutes.client_key
        and excess_minutes.minute_no = success_minutes.minute_no
        and excess_minutes.at_us < success_minutes.last_us
        and excess_minutes.at_us >= success_minutes.first_us - 600000000

),

loops as (

    select excess.event_id as loop_id
    from excess
    left join answered on excess.event_id = answered.event_id
    where answered.event_id is null

)

select
    attempts.event_id,
    attempts."timestamp",
    attempts.agent_id,
    attempts.server_id,
    attempts.caller_identity,
    attempts.caller_ip,
    attempts.client_name,
    attempts.inbound_auth,
    attempts.environment,
    attempts.http_status,
    attempts.auth_outcome,
    attempts.error_type,
    attempts.correlation_id,
    attempts.weight,
    loops.loop_id is not null as is_discovery_loop

from auth_attempts as attempts

left join loops on attempts.event_id = loops.loop_id

order by "timestamp", event_id
