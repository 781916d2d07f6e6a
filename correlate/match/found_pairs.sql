-- name:    correlate/match/found_pairs
-- purpose: The pairs of a round, with the way in which they were found and the number of candidates there were when the
--          rung began.
-- readers: matches
-- grain:   one row per pair
-- param:   rung   varchar  -  the rung of the ladder
-- param:   basis  varchar  -  what the two had in common
-- param:   round  varchar  -  'nearest', or what was done with those that this left over

select
    new_pairs.gateway_id,
    new_pairs.server_key,
    {rung:Varchar} as rung,
    {basis:Varchar} as basis,
    {round:Varchar} as round,
    candidates.candidates,
    new_pairs.distance_us,
    new_pairs.rival_us
from new_pairs
inner join candidates on new_pairs.gateway_id = candidates.id
