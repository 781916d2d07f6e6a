-- name:    finops/cost_by_currency
-- purpose: What everything cost: one total for each currency, because amounts in different ones have no sum.
-- readers: FinOps
-- grain:   one row per currency with a charge, dearest first
-- uses:    finops/charges
-- param:   from_at             timestamptz     UTC    window start, inclusive (default: now-30d)
-- param:   to_at               timestamptz     UTC    window end, exclusive (default: now)
-- column:  currency            varchar         -      of the prices
-- column:  amount              decimal(38,12)  -      cost in the currency
-- column:  model_amount        decimal(38,12)  -      of it, model tokens
-- column:  tool_call_amount    decimal(38,12)  -      of it, tool calls
-- column:  fixed_amount        decimal(38,12)  -      of it, allocated fixed costs
-- column:  upper_bound_amount  decimal(38,12)  -      of it, input tokens of which cached ones may have cost less
-- column:  items               bigint          items  charges with a price
-- column:  unattributed_items  bigint          items  of these, charges that name no agent

with

priced as (

    select
        charge.currency as currency,
        charge.meter as meter,
        charge.amount as amount,
        charge.basis as basis,
        charge.agent_id as agent_id

    from charges as charge

    where charge.amount is not null

)

select
    currency,
    sum(amount) as amount,
    sum(case when meter not in ('tool_call', 'fixed') then amount end) as model_amount,
    sum(case when meter = 'tool_call' then amount end) as tool_call_amount,
    sum(case when meter = 'fixed' then amount end) as fixed_amount,
    sum(case when basis = 'upper_bound' then amount end) as upper_bound_amount,
    count(*) as items,
    count(case when agent_id is null then 1 end) as unattributed_items

from priced

group by currency

order by amount desc, currency
