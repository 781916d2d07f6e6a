-- name:    correlate/match/last_attempts
-- purpose: Where the likely attempts show that the matched request was not the last one: the last, whose
--          answer went to the client.
-- readers: match/rated_matches, match/companions
-- grain:   one row per gateway call whose match changes

select
    gateway_id,
    argMax(server_key, at_us) as server_key
from likely_attempts
where is_later
group by gateway_id
