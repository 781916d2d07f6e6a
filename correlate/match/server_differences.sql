-- name:    correlate/match/server_differences
-- purpose: How far apart the two starts of the pairs are that needed no clock to be found.
-- readers: match/server_offsets, and the next correlation
-- grain:   one row per pair

select
    server.server_key,
    coalesce(server.known_server_id, server.server_id, '') as offset_server_id,
    x_div(server.at_us, 3600000000) as hour_no,
    cast(server.at_us - gateway.at_us as double) as difference_us
from matches
inner join server_calls as server on matches.server_key = server.server_key
inner join gateway_calls as gateway on matches.gateway_id = gateway.gateway_id
