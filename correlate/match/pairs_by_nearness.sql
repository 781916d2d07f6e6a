-- name:    correlate/match/pairs_by_nearness
-- purpose: Pairs the calls of a key that are each other's nearest in time. Only neighbours are compared,
--          so a key with very many calls costs no more than sorting them.
-- readers: later steps
-- grain:   one row per pair
-- param:   window_ms  bigint  ms  how far apart two starts may be

with

line as (

    select
        match_key,
        side,
        id,
        at_us,
        reach_us,
        row_number() over (partition by match_key order by at_us, side, id) as position
    from lined_up

),

neighbours as (

    select
        line.*,
        max(case when side = 'gateway' then position end) over before as gateway_before,
        max(case when side = 'server' then position end) over before as server_before,
        min(case when side = 'gateway' then position end) over after as gateway_after,
        min(case when side = 'server' then position end) over after as server_after
    from line
    window
        before as (
            partition by match_key order by position rows between unbounded preceding and 1 preceding
        ),
        after as (
            partition by match_key order by position rows between 1 following and unbounded following
        )

),

options as (

    select
        match_key,
        side,
        id,
        at_us,
        reach_us,
        case side when 'gateway' then server_before else gateway_before end as before_position,
        case side when 'gateway' then server_after else gateway_after end as after_position
    from neighbours

),

reachable as (

    -- A server starts after its gateway call, and before that ends; the window is for the clocks.
    select
        options.match_key,
        options.side,
        options.id,
        options.at_us - earlier.at_us as earlier_us,
        later.at_us - options.at_us as later_us,
        case
            when options.at_us - earlier.at_us <= 1000.0 * {window_ms:Bigint}
                + case when options.side = 'server' then earlier.reach_us else 0.0 end
                then earlier.id
        end as earlier_id,
        case
            when later.at_us - options.at_us <= 1000.0 * {window_ms:Bigint}
                + case when options.side = 'gateway' then options.reach_us else 0.0 end
                then later.id
        end as later_id
    from options
    left join line as earlier
        on options.match_key = earlier.match_key
        and options.before_position = earlier.position
    left join line as later
        on options.match_key = later.match_key
        and options.after_position = later.position

),

nearest as (

    select
        match_key,
        side,
        id,
        case
            when later_id is null then earlier_id
            when earlier_id is null then later_id
            when earlier_us <= later_us then earlier_id
            else later_id
        end as nearest_id
    from reachable

)

select gateway.id as gateway_id, server.id as server_key
from nearest as gateway
inner join nearest as server
    on gateway.nearest_id = server.id
    and server.nearest_id = gateway.id
    and gateway.match_key = server.match_key
where gateway.side = 'gateway' and server.side = 'server'
