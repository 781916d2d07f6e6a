-- name:    correlate/match/kept_pairs
-- purpose: The pairs just found, with what their rung is worth.
-- readers: matches
-- grain:   one row per pair
-- param:   rung   varchar  -      the rung of the ladder
-- param:   alone  double   ratio  confidence where there was no other candidate
-- param:   among  double   ratio  confidence where there were several

select
    gateway_id,
    server_key,
    {rung:Varchar} as rung,
    case when candidates > 1 then {among:Double} else {alone:Double} end as confidence,
    candidates
from found_pairs
