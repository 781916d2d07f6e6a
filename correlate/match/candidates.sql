-- name:    correlate/match/candidates
-- purpose: How many server calls each gateway call of a line-up could be, within the window: those up to
--          its end less those before its start, so that a crowded key costs no more than a sort.
-- readers: later steps
-- grain:   one row per gateway call of the line-up
-- param:   window_ms  bigint  ms  how far apart two starts may be

with

points as (

    select match_key, id, at_us - 1000.0 * {window_ms:Bigint} as at_us, 0 as point
    from lined_up
    where side = 'gateway'

    union all

    select match_key, id, at_us, 1 as point
    from lined_up
    where side = 'server'

    union all

    select match_key, id, at_us + reach_us + 1000.0 * {window_ms:Bigint} as at_us, 2 as point
    from lined_up
    where side = 'gateway'

),

counted as (

    select
        id,
        point,
        sum(case when point = 1 then 1 else 0 end) over (
            partition by match_key
            order by at_us, point, id
            rows between unbounded preceding and current row
        ) as servers
    from points

)

select
    id,
    cast(max(case when point = 2 then servers end) - max(case when point = 0 then servers end) as bigint)
        as candidates
from counted
where point <> 1
group by id
