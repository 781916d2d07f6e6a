-- name:    correlate/match/server_offsets
-- purpose: How far each server's clock is from the gateway's, from pairs that needed no clock.
-- readers: later steps
-- grain:   one row per server and hour of its clock, and one per server (hour_no -1) for other hours

with

differences as (

    select
        coalesce(server.known_server_id, server.server_id, '') as offset_server_id,
        x_div(server.at_us, 3600000000) as hour_no,
        cast(server.at_us - gateway.at_us as double) as difference_us
    from matches
    inner join server_calls as server on matches.server_key = server.server_key
    inner join gateway_calls as gateway on matches.gateway_id = gateway.gateway_id

)

select offset_server_id, hour_no, x_median(difference_us) as offset_us
from differences
group by offset_server_id, hour_no

union all

select offset_server_id, cast(-1 as bigint) as hour_no, x_median(difference_us) as offset_us
from differences
group by offset_server_id
