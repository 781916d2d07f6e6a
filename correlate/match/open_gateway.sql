-- name:    correlate/match/open_gateway
-- purpose: The gateway calls that parentage alone did not match.
-- readers: later rungs
-- grain:   one row per gateway call

select calls.*
from gateway_calls as calls
left join matches on calls.gateway_id = matches.gateway_id
where matches.gateway_id is null
