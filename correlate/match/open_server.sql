-- name:    correlate/match/open_server
-- purpose: The server calls that parentage alone did not match.
-- readers: later rungs
-- grain:   one row per server call

select calls.*
from server_calls as calls
left join matches on calls.server_key = matches.server_key
where matches.server_key is null
