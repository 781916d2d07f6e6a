-- name:    correlate/results/agents
-- purpose: The agents of the inventory, and those that only telemetry names.
-- readers: queries
-- grain:   one row per agent
-- table:   agents

with

seen as (

    select agent_id, min(agent_id_kind) as agent_id_kind
    from (
        select agent_id, agent_id_kind from correlated_calls
        union all
        select agent_id, cast(null as varchar) from auth_attempts
        union all
        select agent_id, cast(null as varchar) from model_calls
    ) as mentions
    where agent_id is not null
    group by agent_id

)

select
    agent_id,
    agent_id_kind,
    display_name,
    owner,
    environment,
    cost_center,
    approved,
    expires_at,
    true as is_known,
    origin
from known_agents

union all

select
    seen.agent_id,
    seen.agent_id_kind,
    cast(null as varchar) as display_name,
    cast(null as varchar) as owner,
    cast(null as varchar) as environment,
    cast(null as varchar) as cost_center,
    cast(null as boolean) as approved,
    cast(null as timestamptz) as expires_at,
    false as is_known,
    'telemetry' as origin
from seen
left join known_agents on seen.agent_id = known_agents.agent_id
where known_agents.agent_id is null
