-- name:    correlate/match/pairs_in_order
-- purpose: Pairs the n-th gateway call of a key with its n-th server call, within each run of calls.
--          Nothing but their order speaks for such a pair, so that its next choice is no further away.
-- readers: later steps
-- grain:   one row per pair
-- param:   window_ms  bigint   ms  calls further apart are of different runs
-- param:   whole      boolean  -   only keys with as many calls on one side as on the other, whose server's
--                                  clock is unknown: there the order says more than the times

with

reaches as (

    select
        *,
        max(at_us + reach_us) over (
            partition by match_key
            order by at_us, side, id
            rows between unbounded preceding and 1 preceding
        ) as reached_us
    from lined_up

),

clustered as (

    select
        *,
        sum(case
            when {whole:Boolean} then 0
            when at_us > reached_us + 1000.0 * {window_ms:Bigint} then 1
            else 0
        end) over (
            partition by match_key
            order by at_us, side, id
            rows between unbounded preceding and current row
        ) as cluster_no
    from reaches

),

numbered as (

    select
        *,
        row_number() over (partition by match_key, cluster_no, side order by at_us, id) as position
    from clustered

),

suited as (

    select match_key
    from lined_up
    group by match_key
    having
        not {whole:Boolean}
        or (
            countIf(side = 'gateway') = countIf(side = 'server')
            and countIf(side = 'server' and is_clocked) = 0
        )

)

select
    gateway.id as gateway_id,
    server.id as server_key,
    abs(server.at_us - gateway.at_us) as distance_us,
    cast(0.0 as double) as rival_us
from numbered as gateway
inner join numbered as server
    on gateway.match_key = server.match_key
    and gateway.cluster_no = server.cluster_no
    and gateway.position = server.position
inner join suited on gateway.match_key = suited.match_key
where
    gateway.side = 'gateway'
    and server.side = 'server'
    and server.at_us - gateway.at_us >= -server.slack_us
    and server.at_us - gateway.at_us <= gateway.reach_us + server.slack_us
    and coalesce(gateway.rpc_request_id = server.rpc_request_id, true)
