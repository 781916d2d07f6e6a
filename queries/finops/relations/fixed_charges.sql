-- name:    finops/relations/fixed_charges
-- purpose: What fixed monthly prices cost: accrued evenly over the month, shared by the calls they fall on.
-- readers: FinOps
-- grain:   one row per fixed price and tool call; one without a call where a month had none
-- uses:    finops/relations/fixed_periods
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
        x_month(
            case when min(starts_at) > {from_at:Timestamp} then min(starts_at) else {from_at:Timestamp} end
        ) as first_month_at,
        max(ends_at) as ends_at

    from fixed_periods

),

-- What is paid for by the month is paid for whether anybody calls or not.
months as (

    select
        x_add_months(first_month_at, number.n) as month_at,
        x_add_months(first_month_at, number.n + 1) as next_month_at

    from bounds
    cross join (select generate_series as n from generate_series(0, 1200)) as number

    where
        x_add_months(first_month_at, number.n) < ends_at
        and x_add_months(first_month_at, number.n) < {to_at:Timestamp}

),

-- What of a month the price and the window both cover.
covered_spans as (

    select
        price.origin as origin,
        price.position as position,
        price.name as name,
        price.unit_price as unit_price,
        price.currency as currency,
        month_at,
        next_month_at,
        case
            when price.starts_at >= month_at and price.starts_at >= {from_at:Timestamp}
                then price.starts_at
            when {from_at:Timestamp} >= month_at then {from_at:Timestamp}
            else month_at
        end as starts_at,
        case
            when price.ends_at <= next_month_at and price.ends_at <= {to_at:Timestamp}
                then price.ends_at
            when {to_at:Timestamp} <= next_month_at then {to_at:Timestamp}
            else next_month_at
        end as ends_at

    from months
    cross join fixed_periods as price

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

calls_by_segment as (

    select
        segment.origin as origin,
        segment.position as position,
        segment.starts_at as starts_at,
        cast(sum(call.weight) as bigint) as calls,
        min(x_text(call.call_id)) as first_call

    from segments as segment
    inner join calls as call on segment.month_at = call.month_at

    where
        call."timestamp" >= segment.starts_at
        and call."timestamp" < segment.ends_at

    group by
        segment.origin,
        segment.position,
        segment.starts_at

),

-- What one call bears, cut off at the last digit; one call bears what that leaves over.
shares as (

    select
        segment.*,
        coalesce(counted.calls, 1) as calls,
        counted.first_call as first_call,
        x_share(segment.accrued, 1, coalesce(counted.calls, 1)) as share,
        x_share(segment.accrued_months, 1, coalesce(counted.calls, 1)) as share_months

    from segments as segment
    left join calls_by_segment as counted
        on segment.origin = counted.origin
        and segment.position = counted.position
        and segment.starts_at = counted.starts_at

),

borne as (

    select
        share.*,
        cast(coalesce(call.weight, 1) as decimal(19, 0)) as weight,
        case
            when call.call_id is null or x_text(call.call_id) = share.first_call
                then share.accrued - cast(share.calls as decimal(19, 0)) * share.share
            else cast('0' as decimal(38, 12))
        end as left_over,
        call.call_id as call_id,
        call."timestamp" as called_at,
        call.agent_id as agent_id,
        call.server_id as server_id,
        call.tool_name as tool_name,
        call.cost_center as cost_center,
        call.subscription_id as subscription_id

    from shares as share
    left join calls as call
        on share.month_at = call.month_at
        and call."timestamp" >= share.starts_at
        and call."timestamp" < share.ends_at

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
    cast(weight * share_months as decimal(38, 12)) as quantity,
    unit_price,
    cast(weight * share + left_over as decimal(38, 12)) as amount,
    currency,
    'allocated' as basis

from borne

order by charged_at, charge_id
