-- name:     sre/relations/cost_tags
-- purpose:  Who used what in production, and to which cost center that can be charged.
-- readers:  SRE, FinOps
-- grain:    one row per agent and server, and per agent and model
-- evidence: gateway, server, model, tool_calls
-- param:    from_at        timestamptz  UTC    window start, inclusive (default: now-30d)
-- param:    to_at          timestamptz  UTC    window end, exclusive (default: now)
-- column:   used           varchar      -      'server' or 'model', and its name
-- column:   agent_id       varchar      -      agent; null: the calls name none
-- column:   agent_name     varchar      -      name in the inventory
-- column:   environment    varchar      -      of the server; of a model call that of the agent; null: not known
-- column:   cost_center    varchar      -      of the agent, else of the server; null: neither has one
-- column:   calls          bigint       calls  tool calls or model calls in the window, corrected for sampling
-- column:   first_seen_at  timestamptz  UTC    first of them
-- column:   last_seen_at   timestamptz  UTC    latest

with

uses as (

    select
        'server ' || coalesce(server_id, '(unknown)') as used,
        agent_id,
        environment,
        cost_center,
        "timestamp" as used_at,
        weight

    from tool_calls

    where
        "timestamp" >= {from_at:Timestamp}
        and "timestamp" < {to_at:Timestamp}

    union all

    select
        'model ' || coalesce(call.model, call.deployment, '(unknown)') as used,
        call.agent_id,
        agents.environment,
        agents.cost_center,
        call."timestamp" as used_at,
        call.weight

    from model_calls as call
    left join agents on call.agent_id = agents.agent_id

    where
        call."timestamp" >= {from_at:Timestamp}
        and call."timestamp" < {to_at:Timestamp}

),

summed as (

    select
        used,
        agent_id,
        max(environment) as environment,
        min(cost_center) as cost_center,
        cast(sum(weight) as bigint) as calls,
        min(used_at) as first_seen_at,
        max(used_at) as last_seen_at

    from uses

    group by
        used,
        agent_id

)

select
    summed.used,
    summed.agent_id,
    agents.display_name as agent_name,
    summed.environment,
    summed.cost_center,
    summed.calls,
    summed.first_seen_at,
    summed.last_seen_at

from summed

left join agents on summed.agent_id = agents.agent_id

order by used, agent_id
