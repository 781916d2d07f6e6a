-- name:    correlate/inventory/known_agents
-- purpose: The agents of the inventory. A config row stands as written; what several telemetry tables
--          report about one agent is merged, each with its latest row.
-- readers: later steps
-- grain:   one row per agent

with

configured as (

    select agent_id, agent_id_kind, display_name, owner, environment, cost_center, approved, expires_at, origin
    from inventory_agents
    qualify row_number() over (
        partition by agent_id
        order by
            case when valid_to is null then 0 else 1 end,
            valid_to desc,
            case when valid_from is null then 1 else 0 end,
            valid_from desc,
            origin,
            position
    ) = 1

),

reported as (

    select
        coalesce(names.agent_id, event.agent_id) as agent_id,
        event.agent_id_kind,
        nullif(x_json1(event.tags, 'name'), '') as display_name,
        nullif(x_json1(event.tags, 'owner'), '') as owner,
        coalesce(nullif(x_json1(event.tags, 'environment'), ''), event.environment) as environment,
        nullif(x_json1(event.tags, 'cost_center'), '') as cost_center,
        case x_lower(x_json1(event.tags, 'approved')) when 'true' then true when 'false' then false end as approved,
        x_ts(x_json1(event.tags, 'expires_at')) as expires_at,
        event.source_table as origin
    from events as event
    left join known_agent_names as names on x_lower(event.agent_id) = names.name
    where event.layer = 'config' and event.kind = 'agent' and event.agent_id is not null
    qualify row_number() over (
        partition by coalesce(names.agent_id, event.agent_id), event.source_table
        order by event.occurred_at desc, event.event_id
    ) = 1

)

select * from configured

union all

select
    reported.agent_id,
    argMin(reported.agent_id_kind, reported.origin) filter (where reported.agent_id_kind is not null) as agent_id_kind,
    argMin(reported.display_name, reported.origin) filter (where reported.display_name is not null) as display_name,
    argMin(reported.owner, reported.origin) filter (where reported.owner is not null) as owner,
    argMin(reported.environment, reported.origin) filter (where reported.environment is not null) as environment,
    argMin(reported.cost_center, reported.origin) filter (where reported.cost_center is not null) as cost_center,
    argMin(reported.approved, reported.origin) filter (where reported.approved is not null) as approved,
    argMin(reported.expires_at, reported.origin) filter (where reported.expires_at is not null) as expires_at,
    min(reported.origin) as origin
from reported
anti join configured on reported.agent_id = configured.agent_id
group by reported.agent_id
