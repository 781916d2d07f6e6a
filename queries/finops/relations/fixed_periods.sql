-- name:    finops/relations/fixed_periods
-- purpose: When each fixed price holds: of two currencies for one thing at one time the row that comes first is the price.
-- readers: FinOps
-- grain:   one row per fixed price and span of time, spans of one name never overlap
-- param:   from_at     timestamptz     UTC  window start, inclusive (default: now-30d)
-- param:   to_at       timestamptz     UTC  window end, exclusive (default: now)
-- column:  origin      varchar         -    file of the price
-- column:  position    integer         -    of the price in its file
-- column:  name        varchar         -    what is paid for
-- column:  starts_at   timestamptz     UTC  holds from, inclusive
-- column:  ends_at     timestamptz     UTC  holds to, exclusive; the end of the window where it is open
-- column:  unit_price  decimal(38,12)  -    for one month
-- column:  currency    varchar         -    of the price

with

fixed_prices as (

    select
        origin,
        position,
        coalesce(name, 'fixed') as thing,
        unit_price,
        currency,
        valid_from as holds_from,
        coalesce(valid_to, {to_at:Timestamp}) as holds_to

    from prices

    where
        meter = 'fixed'
        and valid_from < {to_at:Timestamp}
        and (valid_to is null or valid_to > {from_at:Timestamp})

),

-- Of two rows for one thing at one time, that which does not count, and while it does not.
passed_over as (

    select
        price.origin as origin,
        price.position as position,
        earlier.holds_from as from_at,
        earlier.holds_to as until_at

    from fixed_prices as price
    inner join fixed_prices as earlier on price.thing = earlier.thing

    where
        (
            earlier.origin < price.origin
            or (earlier.origin = price.origin and earlier.position < price.position)
        )
        and earlier.holds_from < price.holds_to
        and price.holds_from < earlier.holds_to

),

starts as (

    select origin, position, holds_from as starts_at from fixed_prices

    union distinct

    select origin, position, until_at as starts_at from passed_over

)

select
    price.origin as origin,
    price.position as position,
    price.thing as name,
    start.starts_at as starts_at,
    coalesce(
        min(case when passed.from_at > start.starts_at then passed.from_at end), price.holds_to
    ) as ends_at,
    price.unit_price as unit_price,
    price.currency as currency

from fixed_prices as price
inner join starts as start
    on price.origin = start.origin
    and price.position = start.position
left join passed_over as passed
    on price.origin = passed.origin
    and price.position = passed.position

where start.starts_at < price.holds_to

group by
    price.origin,
    price.position,
    price.thing,
    price.unit_price,
    price.currency,
    price.holds_to,
    start.starts_at

having
    count(
        case
            when passed.from_at <= start.starts_at and start.starts_at < passed.until_at then 1
        end
    ) = 0

order by origin, position, starts_at
