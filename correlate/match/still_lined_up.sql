-- name:    correlate/match/still_lined_up
-- purpose: What of a line-up is left after a round, of keys that still have calls on both sides.
-- readers: the rounds of a rung
-- grain:   one row per open call and side

with

still_open as (

    select lined_up.*
    from lined_up
    left join new_pairs as gateway_pairs on lined_up.id = gateway_pairs.gateway_id
    left join new_pairs as server_pairs on lined_up.id = server_pairs.server_key
    where gateway_pairs.gateway_id is null and server_pairs.server_key is null

),

shared_keys as (

    select match_key
    from still_open
    group by match_key
    having countIf(side = 'gateway') > 0 and countIf(side = 'server') > 0

)

select still_open.*
from still_open
inner join shared_keys on still_open.match_key = shared_keys.match_key
