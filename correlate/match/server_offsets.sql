-- name:    correlate/match/server_offsets
-- purpose: How far each server's clock is from the gateway's. One pair that its spans prove is enough for
--          an hour; of pairs that only a trace or a session joins it takes three, for one may be wrong.
--          To 10 ms: requests take longer than that to their server, and one pair more is not to move
--          every call that was placed by the offset. What is usual of a server stands in for hours of which
--          nothing is known; it is no better known than to 100 ms.
-- readers: later steps
-- grain:   one row per server and hour of its clock, and one per server (hour_no -1) for other hours

with

hourly as (

    select
        offset_server_id,
        hour_no,
        x_median(span_us) as span_us,
        case when count(trace_us) >= 3 then x_median(trace_us) end as trace_us,
        case when count(session_us) >= 3 then x_median(session_us) end as session_us
    from server_differences
    group by offset_server_id, hour_no

),

usual as (

    select
        offset_server_id,
        x_median(span_us) as span_us,
        x_median(trace_us) as trace_us,
        x_median(session_us) as session_us
    from server_differences
    group by offset_server_id

),

offsets as (

    select
        offset_server_id,
        hour_no,
        coalesce(span_us, trace_us, session_us) as offset_us,
        10000.0 as step_us
    from hourly

    union all

    select
        offset_server_id,
        cast(-1 as bigint) as hour_no,
        coalesce(span_us, trace_us, session_us) as offset_us,
        100000.0 as step_us
    from usual

)

select
    offset_server_id,
    hour_no,
    step_us * floor(offset_us / nullif(step_us, 0) + 0.5) as offset_us
from offsets
where offset_us is not null
