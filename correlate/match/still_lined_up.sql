-- name:    correlate/match/still_lined_up
-- purpose: What of a line-up is left after a round: keys that still have calls on both sides.
-- readers: the next round
-- grain:   one row per open call and side

with

remaining as (

    select lined_up.*
    from lined_up
    left join found_pairs as gateway_pairs on lined_up.id = gateway_pairs.gateway_id
    left join found_pairs as server_pairs on lined_up.id = server_pairs.server_key
    where gateway_pairs.gateway_id is null and server_pairs.server_key is null

),

two_sided as (

    select match_key
    from remaining
    group by match_key
    having countIf(side = 'gateway') > 0 and countIf(side = 'server') > 0

)

select remaining.*
from remaining
inner join two_sided on remaining.match_key = two_sided.match_key
