-- name:    correlate/match/contested_servers
-- purpose: The servers of the matches that had another choice.
-- readers: match/rated_matches
-- grain:   one row per such match

select server.server_key, coalesce(server.known_server_id, server.server_id, '') as offset_server_id
from matches
inner join server_calls as server on matches.server_key = server.server_key
where matches.rival_us < 1e14
