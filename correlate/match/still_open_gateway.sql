-- name:    correlate/match/still_open_gateway
-- purpose: The gateway calls that are still not matched. What was matched on another basis before is not there any more.
-- readers: later rungs
-- grain:   one row per gateway call
-- param:   basis  varchar  -  what the latest matches have in common

select calls.*
from open_gateway as calls
left join (select gateway_id from matches where basis = {basis:Varchar}) as latest on calls.gateway_id = latest.gateway_id
where latest.gateway_id is null
