-- name:    finops/unattributed
-- purpose: Cost that no agent can be named for, and what is known of it instead.
-- readers: FinOps
-- grain:   one row per subscription, server, tool, model and currency, dearest first
-- brief:   subscription_id, server_id, tool_name, model, currency, amount, items
-- uses:    finops/charges
-- param:   from_at          timestamptz     UTC    window start, inclusive (default: now-30d)
-- param:   to_at            timestamptz     UTC    window end, exclusive (default: now)
-- column:  subscription_id  varchar         -      API Management subscription
-- column:  server_id        varchar         -      null for model use
-- column:  tool_name        varchar         -      null for model use
-- column:  model            varchar         -      null for tool calls
-- column:  currency         varchar         -      null when it has no price
-- column:  amount           decimal(38,12)  -      cost in the currency; null when it has no price
-- column:  items            bigint          items  charges
-- column:  first_at         timestamptz     UTC    earliest use
-- column:  last_at          timestamptz     UTC    latest use

with

unattributed_charges as (

    select *
    from charges
    where agent_id is null

)

select
    subscription_id,
    server_id,
    tool_name,
    model,
    currency,
    sum(amount) as amount,
    count(*) as items,
    min(charged_at) as first_at,
    max(charged_at) as last_at

from unattributed_charges

group by
    subscription_id,
    server_id,
    tool_name,
    model,
    currency

order by amount desc, items desc, subscription_id, server_id, tool_name, model, currency
