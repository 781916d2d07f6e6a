-- name:    sre/hours_by_source
-- purpose: When each source was heard, hour by hour; silence before an hour is counted.
-- readers: SRE, SOC
-- grain:   one row per source table and hour with records, in time order
-- param:   from_at              timestamptz  UTC      window start, inclusive (default: now-30d)
-- param:   to_at                timestamptz  UTC      window end, exclusive (default: now)
-- column:  source               varchar      -        Azure table or stream
-- column:  hour                 timestamptz  UTC      start of the hour
-- column:  records              bigint       records  evidence rows
-- column:  represented          bigint       records  records they stand for
-- column:  silent_hours_before  bigint       hours    hours without a record since the source was last heard; null at its first

with

by_hour as (

    select
        source_table as source,
        x_bin(occurred_at, 3600) as hour,
        count(*) as records,
        cast(sum(weight) as bigint) as represented

    from events

    where
        occurred_at >= {from_at:Timestamp}
        and occurred_at < {to_at:Timestamp}

    group by
        source_table,
        x_bin(occurred_at, 3600)

),

with_previous as (

    select
        *,
        lag(x_null(x_us(hour))) over (partition by source order by hour) as previous_us

    from by_hour

)

select
    source,
    hour,
    records,
    represented,
    x_div(x_us(hour) - previous_us, 3600000000) - 1 as silent_hours_before

from with_previous

order by hour, source
