-- name:    correlate/match/still_open_server
-- purpose: The server calls that are still not matched. What was matched on another basis before is not there any more.
-- readers: later rungs
-- grain:   one row per server call
-- param:   basis  varchar  -  what the latest matches have in common

select calls.*
from open_server as calls
left join (select server_key from matches where basis = {basis:Varchar}) as latest on calls.server_key = latest.server_key
where latest.server_key is null
