-- name:    correlate/reopen/moved_clocks
-- purpose: Closed calls that were placed in time by a clock whose offset is another by now. An hour of a
--          server re-opens as a unit; a server's usual offset counts in hours that have none of their own.
-- readers: reopen.ts
-- grain:   one row per server call

with

placed as (

    select
        users.server_key,
        coalesce(hour_then.offset_us, 1e300) as hour_then_us,
        coalesce(hour_now.offset_us, 1e300) as hour_now_us,
        coalesce(usual_then.offset_us, 1e300) as usual_then_us,
        coalesce(usual_now.offset_us, 1e300) as usual_now_us
    from kept_clock_users as users
    left join kept_offsets as hour_then
        on users.offset_server_id = hour_then.offset_server_id
        and users.hour_no = hour_then.hour_no
    left join server_offsets as hour_now
        on users.offset_server_id = hour_now.offset_server_id
        and users.hour_no = hour_now.hour_no
    left join kept_offsets as usual_then
        on users.offset_server_id = usual_then.offset_server_id
        and usual_then.hour_no = -1
    left join server_offsets as usual_now
        on users.offset_server_id = usual_now.offset_server_id
        and usual_now.hour_no = -1

),

moved as (

    select server_key
    from placed
    where
        hour_then_us <> hour_now_us
        or (hour_now_us = 1e300 and usual_then_us <> usual_now_us)

)

select moved.server_key as event_id
from moved
anti join reopened on moved.server_key = reopened.event_id
