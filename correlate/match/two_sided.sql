-- name:    correlate/match/two_sided
-- purpose: Of a line-up only the keys that have calls on both sides.
-- readers: the rounds of a rung
-- grain:   one row per open call and side

with

shared_keys as (

    select match_key
    from lined_up
    group by match_key
    having countIf(side = 'gateway') > 0 and countIf(side = 'server') > 0

)

select lined_up.*
from lined_up
inner join shared_keys on lined_up.match_key = shared_keys.match_key
