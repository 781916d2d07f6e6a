-- name:    correlate/match/pairs_in_order
-- purpose: Pairs the n-th gateway call of a key with its n-th server call, within each run of calls.
-- readers: later steps
-- grain:   one row per pair
-- param:   window_ms   bigint   ms  how far apart two starts may be
-- param:   only_equal  boolean  -   only keys with as many calls on one side as on the other

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

    -- Calls too far apart to be one another's are counted on their own.
    select
        match_key,
        side,
        id,
        at_us,
        reach_us,
        sum(case
            when {only_equal:Boolean} then 0
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

sizes as (

    select
        match_key,
        countIf(side = 'gateway') as gateways,
        countIf(side = 'server') as servers
    from lined_up
    group by match_key

)

select gateway.id as gateway_id, server.id as server_key
from numbered as gateway
inner join numbered as server
    on gateway.match_key = server.match_key
    and gateway.cluster_no = server.cluster_no
    and gateway.position = server.position
inner join sizes on gateway.match_key = sizes.match_key
where
    gateway.side = 'gateway'
    and server.side = 'server'
    and (not {only_equal:Boolean} or sizes.gateways = sizes.servers)
    and server.at_us - gateway.at_us >= -1000.0 * {window_ms:Bigint}
    and server.at_us - gateway.at_us <= gateway.reach_us + 1000.0 * {window_ms:Bigint}
