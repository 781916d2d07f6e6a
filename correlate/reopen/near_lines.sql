-- name:    correlate/reopen/near_lines
-- purpose: Of the lines that re-opened calls stand in, what is within an hour of those.
-- readers: reopen/stirred_lines
-- grain:   one row per call

with

stirred_calls as (

    select match_key, at_us, reach_us from lines
    union distinct
    select match_key, at_us, reach_us from kept_lines where id in (select event_id from reopened)

),

-- Calls that reach further than an hour, or whose time is not known, are looked for in all their line.
stirred_keys as (

    select match_key, max(reach_us) > 3600000000.0 as is_long
    from stirred_calls
    group by match_key

),

near_hours as (

    select match_key, floor(at_us / 3600000000.0) - 1.0 as hour_no from stirred_calls
    union distinct
    select match_key, floor(at_us / 3600000000.0) from stirred_calls
    union distinct
    select match_key, floor(at_us / 3600000000.0) + 1.0 from stirred_calls

),

stirred_lines as (

    select
        kept_lines.*,
        stirred_keys.is_long or kept_lines.reach_us > 3600000000.0 as is_anywhere
    from kept_lines
    inner join stirred_keys on kept_lines.match_key = stirred_keys.match_key

)

select match_key, id, at_us, reach_us, is_decisive
from stirred_lines
where
    is_anywhere
    or (match_key, floor(at_us / 3600000000.0)) in (select match_key, hour_no from near_hours)
