-- name:    correlate/inventory/known_agent_names
-- purpose: Maps every name telemetry may use for an agent to its id in the inventory; the config beats
--          what telemetry reports, an agent's own id beats another's alias, then the first row wins.
-- readers: later steps
-- grain:   one row per name in lower case

with

configured as (

    select x_lower(agent_id) as name, agent_id, 0 as name_rank, origin, position
    from inventory_agents

    union all

    select
        x_lower(aliases.name) as name,
        aliases.agent_id,
        1 as name_rank,
        aliases.origin,
        coalesce(owners.position, 0) as position
    from inventory_agent_names as aliases
    left join (
        select origin, agent_id, min(position) as position
        from inventory_agents
        group by origin, agent_id
    ) as owners
        on aliases.origin = owners.origin
        and aliases.agent_id = owners.agent_id

),

configured_names as (

    select name, agent_id
    from configured
    where name is not null
    qualify row_number() over (partition by name order by name_rank, origin, position, agent_id) = 1

),

reports as (

    select agent_id, tags
    from events
    where layer = 'config' and kind = 'agent' and agent_id is not null

),

reported_names as (

    select agent_id, x_lower(agent_id) as name, 0 as name_rank from reports
    union all
    select agent_id, x_lower(x_each(x_json_list(tags, 'names'))) as name, 1 as name_rank from reports

),

adopted as (

    -- A reported agent that the config already names is that agent.
    select reported_names.agent_id as reported_id, configured_names.agent_id
    from reported_names
    inner join configured_names on reported_names.name = configured_names.name
    qualify row_number() over (
        partition by reported_names.agent_id
        order by reported_names.name_rank, reported_names.name
    ) = 1

),

all_names as (

    select name, agent_id, 0 as source_rank, 0 as name_rank from configured_names

    union all

    select
        reported_names.name,
        coalesce(adopted.agent_id, reported_names.agent_id) as agent_id,
        1 as source_rank,
        reported_names.name_rank
    from reported_names
    left join adopted on reported_names.agent_id = adopted.reported_id
    where reported_names.name is not null

)

select name, agent_id
from all_names
qualify row_number() over (partition by name order by source_rank, name_rank, agent_id) = 1
