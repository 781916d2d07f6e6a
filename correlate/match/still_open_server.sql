-- name:    correlate/match/still_open_server
-- purpose: The server calls that are still not matched.
-- readers: later rungs
-- grain:   one row per server call

select calls.*
from open_server as calls
left join matches on calls.server_key = matches.server_key
where matches.server_key is null
