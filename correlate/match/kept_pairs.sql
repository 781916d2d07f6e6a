-- name:    correlate/match/kept_pairs
-- purpose: The pairs just found, with the way in which they were.
-- readers: matches
-- grain:   one row per pair
-- param:   rung  varchar  -  the rung of the ladder
-- param:   basis   varchar  -  what the two had in common
-- param:   round   varchar  -  'nearest', or what was done with those that this left over

select
    gateway_id,
    server_key,
    {rung:Varchar} as rung,
    {basis:Varchar} as basis,
    {round:Varchar} as round,
    candidates,
    distance_us,
    rival_us
from found_pairs
