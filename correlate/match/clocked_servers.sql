-- name:    correlate/match/timed_servers
-- purpose: The server calls that are still open, with their times on the gateway's clock.
-- readers: later steps
-- grain:   one row per open server call

select
    server.*,
    cast(server.at_us as double) - coalesce(hourly.offset_us, usual.offset_us, 0.0) as gateway_us
from open_server as server
left join server_offsets as hourly
    on coalesce(server.known_server_id, server.server_id, '') = hourly.server_id
    and x_div(server.at_us, 3600000000) = hourly.hour_no
left join server_offsets as usual
    on coalesce(server.known_server_id, server.server_id, '') = usual.server_id
    and usual.hour_no = -1
