-- name:    finops/unpriced
-- purpose: What was used and has no price at its time: rows to add to the price file.
-- readers: FinOps
-- grain:   one row per meter and thing used, most used first
-- brief:   meter, model, server_id, tool_name, items, quantity, agents
-- uses:    finops/charges
-- param:   from_at    timestamptz     UTC     window start, inclusive (default: now-30d)
-- param:   to_at      timestamptz     UTC     window end, exclusive (default: now)
-- column:  meter      varchar         -       meter that needs a price; model_call: its tokens are unknown
-- column:  model      varchar         -       null for tool calls
-- column:  server_id  varchar         -       null for model use
-- column:  tool_name  varchar         -       null for model use
-- column:  items      bigint          items   charges without a price
-- column:  quantity   decimal(38,12)  -       tokens or calls, corrected for sampling
-- column:  agents     bigint          agents  distinct agents
-- column:  first_at   timestamptz     UTC     earliest use
-- column:  last_at    timestamptz     UTC     latest use

with

unpriced_charges as (

    select *
    from charges
    where basis = 'unpriced'

)

select
    meter,
    model,
    server_id,
    tool_name,
    count(*) as items,
    sum(quantity) as quantity,
    count(distinct agent_id) as agents,
    min(charged_at) as first_at,
    max(charged_at) as last_at

from unpriced_charges

group by
    meter,
    model,
    server_id,
    tool_name

order by items desc, meter, model, server_id, tool_name
