-- name:    correlate/match/kept_pairs
-- purpose: The pairs that need no rounds, with the way in which they were found.
-- readers: matches
-- grain:   one row per pair
-- param:   basis  varchar  -  what the two have in common

select
    gateway_id,
    server_key,
    'operation_id' as rung,
    {basis:Varchar} as basis,
    'nearest' as round,
    candidates,
    distance_us,
    rival_us
from new_pairs
