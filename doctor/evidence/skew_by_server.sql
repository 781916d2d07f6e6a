-- name:    doctor/evidence/skew_by_server
-- purpose: How far each server's clock is from the gateway's, as correlation has measured it.
-- grain:   one row per server with calls that both sides saw
-- column:  server_id    varchar  -      server
-- column:  calls        bigint   calls  that both sides saw
-- column:  skew_ms      double   ms     server minus gateway, the median of the last day with calls
-- column:  spread_ms    double   ms     how far apart the earliest and the latest clock of that day are

with

measured as (

    select
        server_id,
        clock_skew_ms,
        "timestamp" as called_at

    from tool_calls

    where
        clock_skew_ms is not null
        and server_id is not null

),

last_heard as (

    select
        server_id,
        max(called_at) as last_at

    from measured

    group by server_id

)

select
    measured.server_id,
    count(*) as calls,
    x_median(measured.clock_skew_ms) as skew_ms,
    max(measured.clock_skew_ms) - min(measured.clock_skew_ms) as spread_ms

from measured

inner join last_heard on measured.server_id = last_heard.server_id

where measured.called_at > x_add_ms(last_heard.last_at, -86400000)

group by measured.server_id

order by server_id
