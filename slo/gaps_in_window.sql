-- name:    slo/gaps_in_window
-- purpose: Streams that lack events which may have happened in a window.
-- readers: SRE
-- grain:   one row per stream and cause
-- param:   from_at         timestamptz  UTC     window start, inclusive
-- param:   to_at           timestamptz  UTC     window end, exclusive
-- param:   delay_us        bigint       us      how long before it was enqueued an event may have happened
-- column:  source          varchar      -       namespace/hub/consumer group
-- column:  cause           varchar      -       retention, recreated, loss or removed
-- column:  missing_events  bigint       events  how many; null when nobody can know

select
    source,
    cause,
    case
        when count(*) = count(to_sequence_number)
            then cast(sum(to_sequence_number - from_sequence_number + 1) as bigint)
    end as missing_events

from stream_gaps

where
    to_at >= {from_at:Timestamp}
    and (from_at is null or x_us(from_at) - {delay_us:Bigint} < x_us({to_at:Timestamp}))

group by source, cause

order by source, cause
