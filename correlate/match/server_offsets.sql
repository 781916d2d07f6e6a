-- name:    correlate/match/server_offsets
-- purpose: How far each server's clock is from the gateway's, from pairs that needed no clock. To 10 ms:
--          requests take longer than that to their server, and one pair more is not to move every call
--          that was placed by the offset.
-- readers: later steps
-- grain:   one row per server and hour of its clock, and one per server (hour_no -1) for other hours

with

medians as (

    select offset_server_id, hour_no, x_median(difference_us) as offset_us
    from server_differences
    group by offset_server_id, hour_no

    union all

    select offset_server_id, cast(-1 as bigint) as hour_no, x_median(difference_us) as offset_us
    from server_differences
    group by offset_server_id

)

select offset_server_id, hour_no, 10000.0 * floor((offset_us + 5000) / 10000.0) as offset_us
from medians
