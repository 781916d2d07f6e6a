-- name:    finops/relations/price_periods
-- purpose: The one price that holds for each thing used, at each time it was used: exact names first, then versions, then globs.
-- readers: FinOps
-- grain:   one row per meter, thing used and span of time, spans never overlap
-- param:   from_at     timestamptz     UTC  window start, inclusive (default: now-30d)
-- param:   to_at       timestamptz     UTC  window end, exclusive (default: now)
-- column:  meter       varchar         -    input_tokens, cached_input_tokens, output_tokens or tool_call
-- column:  model_key   varchar         -    model in lower case; empty for tool calls
-- column:  server_key  varchar         -    server; empty for models
-- column:  tool_key    varchar         -    tool; empty for models
-- column:  starts_at   timestamptz     UTC  holds from, inclusive
-- column:  ends_at     timestamptz     UTC  holds to, exclusive; the end of the window where it is open
-- column:  unit_price  decimal(38,12)  -    for one token or call
-- column:  currency    varchar         -    of the price

with

models_used as (

    select distinct x_lower(coalesce(model, deployment, '')) as model_key
    from model_calls
    where
        "timestamp" >= {from_at:Timestamp}
        and "timestamp" < {to_at:Timestamp}

),

tools_used as (

    select distinct
        coalesce(server_id, '') as server_key,
        coalesce(tool_name, '') as tool_key
    from correlated_calls
    where
        "timestamp" >= {from_at:Timestamp}
        and "timestamp" < {to_at:Timestamp}

),

candidates as (

    select
        price.meter as meter,
        used.model_key as model_key,
        '' as server_key,
        '' as tool_key,
        price.valid_from as valid_from,
        price.valid_to as valid_to,
        price.unit_price as unit_price,
        price.currency as currency,
        price.origin as origin,
        price.position as position,
        case
            when x_lower(price.model) = used.model_key then 0
            when x_is_version_of(used.model_key, x_lower(price.model)) then 1
            else 2
        end as distance,
        -- Of names that start alike the longest sorts last.
        case
            when x_is_version_of(used.model_key, x_lower(price.model)) then x_lower(price.model)
        end as version_of

    from models_used as used
    cross join prices as price

    where
        price.meter in ('input_tokens', 'cached_input_tokens', 'output_tokens')
        and (
            x_glob(used.model_key, x_lower(coalesce(price.model, '*')))
            or x_is_version_of(used.model_key, x_lower(price.model))
        )

    union all

    select
        price.meter as meter,
        '' as model_key,
        used.server_key as server_key,
        used.tool_key as tool_key,
        price.valid_from as valid_from,
        price.valid_to as valid_to,
        price.unit_price as unit_price,
        price.currency as currency,
        price.origin as origin,
        price.position as position,
        case when price.server_id = used.server_key then 0 else 2 end
            + case when price.tool_pattern = used.tool_key then 0 else 1 end as distance,
        cast(null as varchar) as version_of

    from tools_used as used
    cross join prices as price

    where
        price.meter = 'tool_call'
        and x_glob(used.server_key, coalesce(price.server_id, '*'))
        and x_glob(used.tool_key, coalesce(price.tool_pattern, '*'))

),

bounds as (

    select
        meter,
        model_key,
        server_key,
        tool_key,
        valid_from as starts_at
    from candidates

    union distinct

    select
        meter,
        model_key,
        server_key,
        tool_key,
        valid_to as starts_at
    from candidates
    where valid_to is not null

),

spans as (

    select
        *,
        lead(x_null(starts_at)) over (
            partition by meter, model_key, server_key, tool_key
            order by starts_at
        ) as ends_at

    from bounds

)

select
    span.meter as meter,
    span.model_key as model_key,
    span.server_key as server_key,
    span.tool_key as tool_key,
    span.starts_at as starts_at,
    coalesce(span.ends_at, {to_at:Timestamp}) as ends_at,
    price.unit_price as unit_price,
    price.currency as currency

from spans as span
inner join candidates as price
    on span.meter = price.meter
    and span.model_key = price.model_key
    and span.server_key = price.server_key
    and span.tool_key = price.tool_key

where
    span.starts_at < {to_at:Timestamp}
    and price.valid_from <= span.starts_at
    and (price.valid_to is null or span.starts_at < price.valid_to)

qualify row_number() over (
    partition by span.meter, span.model_key, span.server_key, span.tool_key, span.starts_at
    order by price.distance, price.version_of desc, price.origin, price.position
) = 1

order by meter, model_key, server_key, tool_key, starts_at
