-- name:    finops/cost_by_server
-- purpose: What each MCP server cost; model use belongs to none.
-- readers: FinOps
-- grain:   one row per server and currency, dearest first
-- brief:   server, server_owner, currency, amount, amount_ratio, calls, cost_per_call, unpriced_items
-- uses:    finops/relations/split_charges
-- param:   from_at             timestamptz     UTC     window start, inclusive (default: now-30d)
-- param:   to_at               timestamptz     UTC     window end, exclusive (default: now)
-- column:  server              varchar         -       server id, else (no server)
-- column:  server_owner        varchar         -       null when nobody owns it
-- column:  currency            varchar         -       of the prices; null when there is none, and for what has no price beside several
-- column:  amount              decimal(38,12)  -       cost in the currency; null when nothing of it has a price
-- column:  amount_ratio        double          ratio   of all cost in the currency
-- column:  model_amount        decimal(38,12)  -       of it, model tokens
-- column:  tool_call_amount    decimal(38,12)  -       of it, tool calls
-- column:  fixed_amount        decimal(38,12)  -       of it, allocated fixed costs
-- column:  upper_bound_amount  decimal(38,12)  -       of it, input tokens of which cached ones may have cost less
-- column:  calls               bigint          calls   tool calls, corrected for sampling; of several currencies those with a price in this one
-- column:  cost_per_call       decimal(38,12)  -       amount / calls of the server in all currencies; null without calls
-- column:  tokens              bigint          tokens  model tokens, corrected for sampling
-- column:  unpriced_items      bigint          items   charges without a price, not in the amount

with

summed as (

    select
        coalesce(charge.server_id, '(no server)') as server,
        server.owner as server_owner,
        charge.currency as currency,
        sum(charge.amount) as amount,
        sum(charge.model_amount) as model_amount,
        sum(charge.tool_call_amount) as tool_call_amount,
        sum(charge.fixed_amount) as fixed_amount,
        sum(charge.upper_bound_amount) as upper_bound_amount,
        cast(sum(charge.calls) as bigint) as calls,
        cast(sum(charge.tokens) as bigint) as tokens,
        cast(sum(charge.unpriced) as bigint) as unpriced_items

    from split_charges as charge
    left join servers as server on charge.server_id = server.server_id

    group by
        coalesce(charge.server_id, '(no server)'),
        server.owner,
        charge.currency

),

counted as (

    select
        *,
        cast(sum(calls) over (partition by server, server_owner) as bigint) as calls_of_all_currencies

    from summed

)

select
    server,
    server_owner,
    currency,
    amount,
    cast(amount as double)
        / nullif(cast(sum(amount) over (partition by currency) as double), 0) as amount_ratio,
    model_amount,
    tool_call_amount,
    fixed_amount,
    upper_bound_amount,
    calls,
    x_share(amount, 1, nullif(calls_of_all_currencies, 0)) as cost_per_call,
    tokens,
    unpriced_items

from counted

order by currency, amount desc, server, server_owner
