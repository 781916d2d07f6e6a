-- name:    finops/relations/fixed_charges
-- purpose: What fixed monthly prices cost: accrued evenly over the month, shared by the calls they fall on.
-- readers: FinOps
-- grain:   one row per fixed price and tool call; one without a call where a month had none
-- param:   from_at          timestamptz     UTC  window start, inclusive (default: now-30d)
-- param:   to_at            timestamptz     UTC  window end, exclusive (default: now)
-- column:  charge_id        varchar         -    stable id: what was used, and the meter
-- column:  charged_at       timestamptz     UTC  when it was used
-- column:  meter            varchar         -    input_tokens, cached_input_tokens, output_tokens, model_call, tool_call or fixed
-- column:  call_id          uuid            -    the tool call; null for model use
-- column:  model_event_id   uuid            -    the evidence of model use; null for tool calls
-- column:  agent_id         varchar         -    null when unattributed
-- column:  server_id        varchar         -    null for model use
-- column:  tool_name        varchar         -    null for model use
-- column:  model            varchar         -    null for tool calls
-- column:  cost_center      varchar         -    null when unattributed
-- column:  subscription_id  varchar         -    API Management subscription
-- column:  quantity         decimal(38,12)  -    tokens, calls or months, corrected for sampling
-- column:  unit_price       decimal(38,12)  -    for one of them; null when no price was found
-- column:  amount           decimal(38,12)  -    in the currency; null when no price was found
-- column:  currency         varchar         -    of the price; null when no price was found
-- column:  basis            varchar         -    measured, upper_bound (cached tokens unknown or without a price of their own), allocated, unpriced

with

calls as (

    select
        *,
        x_month("timestamp") as month_at

    from tool_calls

    where
        "timestamp" >= {from_at:Timestamp}
        and "timestamp" < {to_at:Timestamp}

),

bounds as (

    select
        min(month_at) as first_month_at,
        max(month_at) as last_month_at

    from calls

),

months as (

    select
        x_add_months(first_month_at, number.n) as month_at,
        x_add_months(first_month_at, number.n + 1) as next_month_at

    from bounds
    cross join generate_series(0, 1200) as number(n)

    where x_add_months(first_month_at, number.n) <= last_month_at

),

-- What of a month the price and the window both cover.
covered_spans as (

    select
        price.origin as origin,
        price.position as position,
        coalesce(price.name, 'fixed') as name,
        price.unit_price as unit_price,
        price.currency as currency,
        month_at,
        next_month_at,
        case
            when price.valid_from >= month_at and price.valid_from >= {from_at:Timestamp}
                then price.valid_from
            when {from_at:Timestamp} >= month_at then {from_at:Timestamp}
            else month_at
        end as starts_at,
        case
            when price.valid_to <= next_month_at and price.valid_to <= {to_at:Timestamp}
                then price.valid_to
            when {to_at:Timestamp} <= next_month_at then {to_at:Timestamp}
            else next_month_at
        end as ends_at

    from months
    cross join prices as price

    where price.meter = 'fixed'

),

segments as (

    select
        *,
        x_share(
            unit_price, x_us(ends_at) - x_us(starts_at), x_us(next_month_at) - x_us(month_at)
        ) as accrued,
        x_share(
            cast(1 as decimal(38, 12)),
            x_us(ends_at) - x_us(starts_at),
            x_us(next_month_at) - x_us(month_at)
        ) as accrued_months

    from covered_spans

    where starts_at < ends_at

),

-- Shares of a running total: whatever they are, they add up to what was accrued.
shared as (

    select
        segment.*,
        call.call_id as call_id,
        call."timestamp" as called_at,
        call.agent_id as agent_id,
        call.server_id as server_id,
        call.tool_name as tool_name,
        call.cost_center as cost_center,
        call.subscription_id as subscription_id,
        coalesce(call.weight, 1) as weight,
        sum(coalesce(call.weight, 1)) over (
            partition by segment.origin, segment.position, segment.starts_at
            order by call."timestamp", call.call_id
            rows between unbounded preceding and current row
        ) as calls_so_far,
        sum(coalesce(call.weight, 1)) over (
            partition by segment.origin, segment.position, segment.starts_at
        ) as calls_in_all

    from segments as segment
    left join calls as call
        on segment.month_at = call.month_at
        and call."timestamp" >= segment.starts_at
        and call."timestamp" < segment.ends_at

)

select
    coalesce(x_text(call_id), x_text(x_us(starts_at)))
        || ':fixed:' || name || ':' || origin || ':' || x_text(position) as charge_id,
    coalesce(called_at, starts_at) as charged_at,
    'fixed' as meter,
    call_id,
    cast(null as uuid) as model_event_id,
    agent_id,
    server_id,
    tool_name,
    cast(null as varchar) as model,
    cost_center,
    subscription_id,
    cast(
        x_share(accrued_months, calls_so_far, calls_in_all)
        - x_share(accrued_months, calls_so_far - weight, calls_in_all) as decimal(38, 12)
    ) as quantity,
    unit_price,
    cast(
        x_share(accrued, calls_so_far, calls_in_all)
        - x_share(accrued, calls_so_far - weight, calls_in_all) as decimal(38, 12)
    ) as amount,
    currency,
    'allocated' as basis

from shared

order by charged_at, charge_id
