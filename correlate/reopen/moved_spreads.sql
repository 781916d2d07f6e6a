-- name:    correlate/reopen/moved_spreads
-- purpose: Closed calls whose match had another choice or was left over, at servers that requests reach more or less evenly
--          than was known: that says how sure a choice is.
-- readers: reopen.ts
-- grain:   one row per server call

with

moved as (

    select coalesce(spread_then.offset_server_id, spread_now.offset_server_id) as offset_server_id
    from kept_spreads as spread_then
    full join server_spreads as spread_now on spread_then.offset_server_id = spread_now.offset_server_id
    where coalesce(spread_then.spread_us, -1.0) <> coalesce(spread_now.spread_us, -1.0)

)

select contested.server_key as event_id
from kept_contested as contested
inner join moved on contested.offset_server_id = moved.offset_server_id
anti join reopened on contested.server_key = reopened.event_id
