-- name:    correlate/reopen/foreseen_clocks
-- purpose: Calls that were placed in time by the clock of a server in an hour of which so much is new that
--          its offset is likely another now: an hour of a server re-opens as a unit. What is not foreseen
--          here is found when the offsets are known; each such find makes all calls once more.
-- readers: reopen/grouped_events
-- grain:   one row per server call
-- param:   batch_id  bigint  -  the newest batch that was seen

with

units as (

    select
        coalesce(names.server_id, event.server_id, '') as offset_server_id,
        x_div(x_us(event.occurred_at), 3600000000) as hour_no,
        count(*) as new_events
    from events as event
    left join known_server_names as names on x_lower(event.server_id) = names.name
    where
        event.batch_id > {batch_id:Bigint}
        and event.layer in ('gateway', 'server')
        and event.kind in ('request', 'call')
    group by
        coalesce(names.server_id, event.server_id, ''),
        x_div(x_us(event.occurred_at), 3600000000)

),

known_pairs as (

    select offset_server_id, hour_no, count(*) as pairs
    from kept_differences
    group by offset_server_id, hour_no

),

likely as (

    select units.offset_server_id, units.hour_no
    from units
    left join known_pairs as known
        on units.offset_server_id = known.offset_server_id
        and units.hour_no = known.hour_no
    where units.new_events * 50 > coalesce(known.pairs, 0)

)

select users.server_key as event_id
from kept_clock_users as users
inner join likely
    on users.offset_server_id = likely.offset_server_id
    and users.hour_no = likely.hour_no
