-- name:    correlate/results/servers
-- purpose: The servers of the inventory, and those that only telemetry names.
-- readers: queries
-- grain:   one row per server
-- table:   servers

with

seen as (

    select server_id from correlated_calls
    union distinct
    select server_id from auth_attempts

)

select server_id, owner, environment, region, approved, cost_center, true as is_known, origin
from known_servers

union all

select
    seen.server_id,
    cast(null as varchar) as owner,
    cast(null as varchar) as environment,
    cast(null as varchar) as region,
    cast(null as boolean) as approved,
    cast(null as varchar) as cost_center,
    false as is_known,
    'telemetry' as origin
from seen
left join known_servers on seen.server_id = known_servers.server_id
where seen.server_id is not null and known_servers.server_id is null
