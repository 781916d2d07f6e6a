-- name:    finops/relations/tool_charges
-- purpose: What tool calls cost by themselves: every call, whatever its outcome.
-- readers: FinOps
-- grain:   one row per tool call
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
        coalesce(server_id, '') as server_key,
        coalesce(tool_name, '') as tool_key

    from tool_calls

    where
        "timestamp" >= {from_at:Timestamp}
        and "timestamp" < {to_at:Timestamp}

)

select
    x_text(call.call_id) || ':tool_call' as charge_id,
    call."timestamp" as charged_at,
    'tool_call' as meter,
    call.call_id as call_id,
    cast(null as uuid) as model_event_id,
    call.agent_id as agent_id,
    call.server_id as server_id,
    call.tool_name as tool_name,
    cast(null as varchar) as model,
    call.cost_center as cost_center,
    call.subscription_id as subscription_id,
    cast(call.weight as decimal(38, 12)) as quantity,
    price.unit_price as unit_price,
    cast(cast(call.weight as decimal(19, 0)) * price.unit_price as decimal(38, 12)) as amount,
    price.currency as currency,
    case when price.unit_price is null then 'unpriced' else 'measured' end as basis

from calls as call
left join price_periods as price
    on price.meter = 'tool_call'
    and call.server_key = price.server_key
    and call.tool_key = price.tool_key
    and call."timestamp" >= price.starts_at
    and call."timestamp" < price.ends_at

order by charged_at, charge_id
