-- name:    finops/relations/model_charges
-- purpose: What model use cost: one row per model call and meter, cached tokens apart from the others.
-- readers: FinOps
-- grain:   one row per model call and meter with tokens; one of meter model_call where the tokens are unknown
-- uses:    finops/relations/price_periods
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
        coalesce(model, deployment) as model_name,
        x_lower(coalesce(model, deployment, '')) as model_key,
        coalesce(cached_input_tokens, 0) as cached_tokens,
        -- Input tokens include the cached ones.
        case
            when coalesce(cached_input_tokens, 0) > input_tokens then 0
            else input_tokens - coalesce(cached_input_tokens, 0)
        end as uncached_tokens,
        cached_input_tokens is null as is_cache_unknown

    from model_calls

    where
        "timestamp" >= {from_at:Timestamp}
        and "timestamp" < {to_at:Timestamp}

),

items as (

    select
        *,
        'input_tokens' as meter,
        uncached_tokens * weight as quantity
    from calls
    where uncached_tokens > 0

    union all

    select
        *,
        'cached_input_tokens' as meter,
        cached_tokens * weight as quantity
    from calls
    where cached_tokens > 0

    union all

    select
        *,
        'output_tokens' as meter,
        output_tokens * weight as quantity
    from calls
    where output_tokens > 0

    union all

    select
        *,
        'model_call' as meter,
        weight as quantity
    from calls
    where
        input_tokens is null
        and cached_input_tokens is null
        and output_tokens is null

),

priced as (

    select
        item.event_id as event_id,
        item."timestamp" as "timestamp",
        item.meter as meter,
        item.agent_id as agent_id,
        item.model_name as model_name,
        item.subscription_id as subscription_id,
        item.quantity as quantity,
        item.is_cache_unknown as is_cache_unknown,
        own.unit_price is null as is_fallback,
        coalesce(own.unit_price, as_input.unit_price) as unit_price,
        coalesce(own.currency, as_input.currency) as currency

    from items as item
    left join price_periods as own
        on item.meter = own.meter
        and item.model_key = own.model_key
        and item."timestamp" >= own.starts_at
        and item."timestamp" < own.ends_at
    left join price_periods as as_input
        on item.meter = 'cached_input_tokens'
        and as_input.meter = 'input_tokens'
        and item.model_key = as_input.model_key
        and item."timestamp" >= as_input.starts_at
        and item."timestamp" < as_input.ends_at

)

select
    x_text(priced.event_id) || ':' || priced.meter as charge_id,
    priced."timestamp" as charged_at,
    priced.meter as meter,
    cast(null as uuid) as call_id,
    priced.event_id as model_event_id,
    priced.agent_id as agent_id,
    cast(null as varchar) as server_id,
    cast(null as varchar) as tool_name,
    priced.model_name as model,
    agent.cost_center as cost_center,
    priced.subscription_id as subscription_id,
    cast(priced.quantity as decimal(38, 12)) as quantity,
    priced.unit_price as unit_price,
    cast(cast(priced.quantity as decimal(19, 0)) * priced.unit_price as decimal(38, 12)) as amount,
    priced.currency as currency,
    case
        when priced.unit_price is null then 'unpriced'
        when priced.is_fallback then 'upper_bound'
        when priced.meter = 'input_tokens' and priced.is_cache_unknown then 'upper_bound'
        else 'measured'
    end as basis

from priced
left join agents as agent on priced.agent_id = agent.agent_id

order by charged_at, charge_id
