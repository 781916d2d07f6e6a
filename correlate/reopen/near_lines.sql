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
long_keys as (

    select distinct match_key
    from stirred_calls
    where reach_us > 3600000000.0

),

near_hours as (

    select match_key, floor(at_us / 3600000000.0) - 1.0 as hour_no from stirred_calls
    union distinct
    select match_key, floor(at_us / 3600000000.0) from stirred_calls
    union distinct
    select match_key, floor(at_us / 3600000000.0) + 1.0 from stirred_calls

),

short_lines as (

    select kept_lines.*
    from kept_lines
    anti join long_keys on kept_lines.match_key = long_keys.match_key

)

select short_lines.*
from short_lines
inner join near_hours
    on short_lines.match_key = near_hours.match_key
    and floor(short_lines.at_us / 3600000000.0) = near_hours.hour_no
where short_lines.reach_us <= 3600000000.0

union all

select *
from short_lines
where
    reach_us > 3600000000.0
    and match_key in (select match_key from stirred_calls)

union all

select *
from kept_lines
where match_key in (select match_key from long_keys)
