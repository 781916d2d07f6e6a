-- name:    finops/charges
-- purpose: Every priced item: model tokens by meter, tool calls, and the share of fixed costs; unpriced ones too.
-- readers: FinOps
-- grain:   one row per thing used and meter, in time order
-- brief:   charged_at, meter, tool_name, model, amount, currency, basis
-- uses:    finops/relations/model_charges, finops/relations/tool_charges, finops/relations/fixed_charges
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

charges_of_all_kinds as (

    select * from model_charges

    union all

    select * from tool_charges

    union all

    select * from fixed_charges

)

select
    charge_id,
    charged_at,
    meter,
    call_id,
    model_event_id,
    agent_id,
    server_id,
    tool_name,
    model,
    cost_center,
    subscription_id,
    quantity,
    unit_price,
    amount,
    currency,
    basis

from charges_of_all_kinds

order by charged_at, charge_id
