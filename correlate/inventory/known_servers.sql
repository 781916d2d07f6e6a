-- name:    correlate/inventory/known_servers
-- purpose: The servers of the inventory. A config row stands as written; what several telemetry tables
--          report about one server is merged, each with its latest row.
-- readers: later steps
-- grain:   one row per server

with

configured as (

    select server_id, owner, environment, region, approved, cost_center, origin
    from inventory_servers
    qualify row_number() over (
        partition by server_id
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
        coalesce(names.server_id, event.server_id) as server_id,
        nullif(x_json1(event.tags, 'owner'), '') as owner,
        coalesce(nullif(x_json1(event.tags, 'environment'), ''), event.environment) as environment,
        coalesce(nullif(x_json1(event.tags, 'region'), ''), event.region) as region,
        case x_lower(x_json1(event.tags, 'approved')) when 'true' then true when 'false' then false end as approved,
        nullif(x_json1(event.tags, 'cost_center'), '') as cost_center,
        event.source_table as origin
    from events as event
    left join known_server_names as names on x_lower(event.server_id) = names.name
    where event.layer = 'config' and event.kind = 'server' and event.server_id is not null
    qualify row_number() over (
        partition by coalesce(names.server_id, event.server_id), event.source_table
        order by event.occurred_at desc, event.event_id
    ) = 1

)

select * from configured

union all

select
    reported.server_id,
    argMin(reported.owner, reported.origin) filter (where reported.owner is not null) as owner,
    argMin(reported.environment, reported.origin) filter (where reported.environment is not null) as environment,
    argMin(reported.region, reported.origin) filter (where reported.region is not null) as region,
    argMin(reported.approved, reported.origin) filter (where reported.approved is not null) as approved,
    argMin(reported.cost_center, reported.origin) filter (where reported.cost_center is not null) as cost_center,
    min(reported.origin) as origin
from reported
anti join configured on reported.server_id = configured.server_id
group by reported.server_id
