-- name:    correlate/match/still_open_gateway
-- purpose: The gateway calls that are still not matched.
-- readers: later rungs
-- grain:   one row per gateway call

select calls.*
from open_gateway as calls
left join matches on calls.gateway_id = matches.gateway_id
where matches.gateway_id is null
