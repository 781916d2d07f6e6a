-- name:    correlate/match/found_pairs
-- purpose: The pairs of a round with the number of candidates there were when the rung began.
-- readers: kept_pairs
-- grain:   one row per pair

select
    new_pairs.gateway_id,
    new_pairs.server_key,
    candidates.candidates,
    new_pairs.distance_us,
    new_pairs.rival_us
from new_pairs
inner join candidates on new_pairs.gateway_id = candidates.id
