-- name:    correlate/reopen/clock_users
-- purpose: The server calls that are compared by time from here on, and whose clock says when they were.
-- readers: reopen/moved_clocks of the next correlation
-- grain:   one row per server call

select
    server_key,
    coalesce(known_server_id, server_id, '') as offset_server_id,
    x_div(at_us, 3600000000) as hour_no
from open_server
