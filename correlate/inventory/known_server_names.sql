-- name:    correlate/inventory/known_server_names
-- purpose: Maps every name telemetry may use for a server to its id in the inventory; the config beats
--          what telemetry reports, a server's own id beats another's alias, then the first row wins.
-- readers: later steps
-- grain:   one row per name in lower case

with

configured as (

    select x_lower(server_id) as name, server_id, 0 as name_rank, origin, position
    from inventory_servers

    union all

    select
        x_lower(aliases.name) as name,
        aliases.server_id,
        1 as name_rank,
        aliases.origin,
        coalesce(owners.position, 0) as position
    from inventory_server_names as aliases
    left join (
        select origin, server_id, min(position) as position
        from inventory_servers
        group by origin, server_id
    ) as owners
        on aliases.origin = owners.origin
        and aliases.server_id = owners.server_id

),

configured_names as (

    select name, server_id
    from configured
    where name is not null
    qualify row_number() over (partition by name order by name_rank, origin, position, server_id) = 1

),

reports as (

    select server_id, tags
    from events
    where layer = 'config' and kind = 'server' and server_id is not null

),

reported_names as (

    select server_id, x_lower(server_id) as name, 0 as name_rank from reports
    union all
    select server_id, x_lower(x_each(x_json_list(tags, 'names'))) as name, 1 as name_rank from reports
    union all
    select server_id, x_lower(x_each(x_json_list(tags, 'hosts'))) as name, 2 as name_rank from reports

),

adopted as (

    -- A reported server that the config already names is that server.
    select reported_names.server_id as reported_id, configured_names.server_id
    from reported_names
    inner join configured_names on reported_names.name = configured_names.name
    qualify row_number() over (
        partition by reported_names.server_id
        order by reported_names.name_rank, reported_names.name
    ) = 1

),

all_names as (

    select name, server_id, 0 as source_rank, 0 as name_rank from configured_names

    union all

    select
        reported_names.name,
        coalesce(adopted.server_id, reported_names.server_id) as server_id,
        1 as source_rank,
        reported_names.name_rank
    from reported_names
    left join adopted on reported_names.server_id = adopted.reported_id
    where reported_names.name is not null

)

select name, server_id
from all_names
qualify row_number() over (partition by name order by source_rank, name_rank, server_id) = 1
