-- name:    correlate/match/still_lined_up
-- purpose: What of a line-up is left after a round.
-- readers: two_sided
-- grain:   one row per open call and side

select lined_up.*
from lined_up
left join found_pairs as gateway_pairs on lined_up.id = gateway_pairs.gateway_id
left join found_pairs as server_pairs on lined_up.id = server_pairs.server_key
where gateway_pairs.gateway_id is null and server_pairs.server_key is null
