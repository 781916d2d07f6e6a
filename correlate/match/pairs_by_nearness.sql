-- name:    correlate/match/pairs_by_nearness
-- purpose: Pairs the calls of a key that are each other's nearest in time. Only neighbours are compared,
--          so a key with very many calls costs no more than sorting them.
-- readers: later steps
-- grain:   one row per pair, with how far apart the two are, and how much further the next choice was
-- param:   window_ms  bigint  ms  how far apart two starts may be

with

measured as (

    select
        options.match_key,
        options.side,
        options.id,
        options.rpc_request_id,
        earlier.id as earlier_id,
        later.id as later_id,
        options.at_us - earlier.at_us as earlier_us,
        later.at_us - options.at_us as later_us,
        options.at_us - earlier.same_before_us as second_earlier_us,
        later.same_after_us - options.at_us as second_later_us,
        -- A server starts after its gateway call, and soon; the slack is for the clocks.
        options.slack_us + earlier.slack_us
            + case when options.side = 'server' then earlier.reach_us else 0.0 end as reach_back_us,
        options.slack_us + later.slack_us
            + case when options.side = 'gateway' then options.reach_us else 0.0 end as reach_on_us
    from placed_calls as options
    left join placed_calls as earlier
        on options.match_key = earlier.match_key
        and options.other_side = earlier.side
        and options.others_before = earlier.side_no
    left join placed_calls as later
        on options.match_key = later.match_key
        and options.other_side = later.side
        and options.others_before + 1 = later.side_no

),

reachable as (

    select
        match_key,
        side,
        id,
        rpc_request_id,
        case when earlier_us <= reach_back_us then earlier_id end as earlier_id,
        case when later_us <= reach_on_us then later_id end as later_id,
        coalesce(earlier_us, 1e15) as earlier_us,
        coalesce(later_us, 1e15) as later_us,
        coalesce(second_earlier_us, 1e15) as second_earlier_us,
        coalesce(second_later_us, 1e15) as second_later_us
    from measured

),

nearest as (

    select
        *,
        case
            when later_id is null then true
            when earlier_id is null then false
            else earlier_us <= later_us
        end as is_earlier
    from reachable
    where earlier_id is not null or later_id is not null

),

chosen as (

    select
        match_key,
        side,
        id,
        rpc_request_id,
        case when is_earlier then earlier_id else later_id end as nearest_id,
        case when is_earlier then earlier_us else later_us end as distance_us,
        case when is_earlier then least(later_us, second_earlier_us) else least(earlier_us, second_later_us) end
            as second_us
    from nearest

)

select
    gateway.id as gateway_id,
    server.id as server_key,
    gateway.distance_us,
    -- What is further away than the window was no choice.
    case
        when least(gateway.second_us, server.second_us) - gateway.distance_us > 1000.0 * {window_ms:Bigint} then 1e15
        else least(gateway.second_us, server.second_us) - gateway.distance_us
    end as rival_us
from chosen as gateway
inner join chosen as server
    on gateway.nearest_id = server.id
    and server.nearest_id = gateway.id
    and gateway.match_key = server.match_key
where
    gateway.side = 'gateway'
    and server.side = 'server'
    and coalesce(gateway.rpc_request_id = server.rpc_request_id, true)
