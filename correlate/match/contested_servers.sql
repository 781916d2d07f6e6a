-- name:    correlate/match/contested_servers
-- purpose: The servers of the matches whose confidence rests on how evenly requests reach their server: those
--          that had another choice, and those that are what others left over.
-- readers: match/rated_matches
-- grain:   one row per such match

select server.server_key, coalesce(server.known_server_id, server.server_id, '') as offset_server_id
from matches
inner join server_calls as server on matches.server_key = server.server_key
where matches.rival_us < 1e14 or matches.round <> 'nearest'
