-- name:    finops/relations/split_charges
-- purpose: Every priced item with what it adds to each sum of a cost report: by kind of use, calls, tokens, what has no price.
-- readers: FinOps
-- grain:   one row per thing used and meter
-- uses:    finops/charges
-- param:   from_at             timestamptz     UTC     window start, inclusive (default: now-30d)
-- param:   to_at               timestamptz     UTC     window end, exclusive (default: now)
-- column:  charge_id           varchar         -       stable id: what was used, and the meter
-- column:  agent_id            varchar         -       null when unattributed
-- column:  server_id           varchar         -       null for model use
-- column:  tool_name           varchar         -       null for model use
-- column:  model               varchar         -       null for tool calls
-- column:  model_event_id      uuid            -       the evidence of model use; null for tool calls
-- column:  cost_center         varchar         -       null when unattributed
-- column:  currency            varchar         -       of the price; of an item without one the currency of all prices, where that is one
-- column:  amount              decimal(38,12)  -       in the currency; null when no price was found
-- column:  model_amount        decimal(38,12)  -       of model tokens; null of anything else
-- column:  tool_call_amount    decimal(38,12)  -       of a tool call; null of anything else
-- column:  fixed_amount        decimal(38,12)  -       of an allocated fixed cost; null of anything else
-- column:  upper_bound_amount  decimal(38,12)  -       of input tokens of which cached ones may have cost less; null of anything else
-- column:  calls               decimal(38,12)  calls   tool calls, corrected for sampling; 0 of anything else
-- column:  tokens              decimal(38,12)  tokens  model tokens, corrected for sampling; 0 of anything else
-- column:  unpriced            integer         items   1 without a price, else 0

with

price_currencies as (

    select case when count(distinct currency) = 1 then min(currency) end as only_currency
    from prices

)

select
    charges.charge_id,
    charges.agent_id,
    charges.server_id,
    charges.tool_name,
    charges.model,
    charges.model_event_id,
    charges.cost_center,
    -- An item without a price is counted beside the currency that prices are in, where that is one.
    coalesce(charges.currency, price_currencies.only_currency) as currency,
    charges.amount,
    case when charges.meter not in ('tool_call', 'fixed') then charges.amount end as model_amount,
    case when charges.meter = 'tool_call' then charges.amount end as tool_call_amount,
    case when charges.meter = 'fixed' then charges.amount end as fixed_amount,
    case when charges.basis = 'upper_bound' then charges.amount end as upper_bound_amount,
    case when charges.meter = 'tool_call' then charges.quantity else 0 end as calls,
    case
        when charges.meter in ('input_tokens', 'cached_input_tokens', 'output_tokens')
            then charges.quantity
        else 0
    end as tokens,
    case when charges.basis = 'unpriced' then 1 else 0 end as unpriced

from charges

cross join price_currencies

order by charge_id
