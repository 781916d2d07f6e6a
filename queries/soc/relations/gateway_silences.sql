-- name:    soc/relations/gateway_silences
-- purpose: When the resource logs of each gateway say nothing, so that a call may be missing from them.
-- readers: SOC
-- grain:   one row per gateway and silence; each gateway that was heard has one without an end
-- param:   from_at          timestamptz  UTC      window start, inclusive (default: now-30d)
-- param:   to_at            timestamptz  UTC      window end, exclusive (default: now)
-- param:   late_minutes     bigint       minutes  how much later than its neighbours a log row may come (default: 20)
-- param:   silence_minutes  bigint       minutes  a longer pause between two log rows may be a gap (default: 60)
-- column:  gateway          varchar      -        API Management service
-- column:  silent_from      timestamptz  UTC      row before the silence; null: none, within a day before the window
-- column:  silent_to        timestamptz  UTC      row after the silence; null: none, within a day after the window

with

by_minute as (

    select
        coalesce(resource_id, '') as gateway,
        min(occurred_at) as first_at,
        max(occurred_at) as last_at

    from events

    where
        layer = 'gateway'
        and x_glob(source_table, 'ApiManagement*')
        and occurred_at >= x_add_ms({from_at:Timestamp}, -86400000)
        and occurred_at < x_add_ms({to_at:Timestamp}, 86400000)

    group by
        coalesce(resource_id, ''),
        x_bin(occurred_at, 60)

),

with_previous as (

    select
        gateway,
        lag(x_null(last_at)) over (partition by gateway order by first_at) as previous_at,
        first_at

    from by_minute

)

select
    gateway,
    previous_at as silent_from,
    first_at as silent_to

from with_previous

where
    previous_at is null
    or x_ms_between(previous_at, first_at) > {silence_minutes:Bigint} * 60000

union all

-- Rows come out of order: the newest of them are not all there yet.
select
    gateway,
    x_add_ms(max(last_at), -{late_minutes:Bigint} * 60000) as silent_from,
    null as silent_to

from by_minute

group by gateway

order by gateway, silent_from, silent_to
