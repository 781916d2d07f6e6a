-- name:    correlate/match/server_spreads
-- purpose: How evenly requests reach each server: the median distance of a pair's difference from its
--          hour's offset. Two choices that lie closer together than this cannot be told by their times.
--          Rounded up to 5 ms, so that one pair more does not move it.
-- readers: later steps
-- grain:   one row per server

with

medians as (

    select
        differences.offset_server_id,
        x_median(abs(
            coalesce(differences.span_us, differences.trace_us, differences.session_us) - offsets.offset_us
        )) as spread_us
    from server_differences as differences
    inner join server_offsets as offsets
        on differences.offset_server_id = offsets.offset_server_id
        and differences.hour_no = offsets.hour_no
    group by differences.offset_server_id

)

select offset_server_id, 5000.0 * (1 + floor(spread_us / 5000.0)) as spread_us
from medians
