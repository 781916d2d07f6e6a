-- name:    correlate/results/tools
-- purpose: Each tool that was called or declared, with the class that the inventory gives it: an exact
--          name before a glob, then the first row.
-- readers: queries
-- grain:   one row per server and tool
-- table:   tools

with

patterns as (

    select
        case
            when inventory.server_id = '*' then '*'
            else coalesce(names.server_id, inventory.server_id)
        end as server_id,
        inventory.tool_pattern,
        inventory.tool_class,
        inventory.approval,
        inventory.origin,
        inventory.position,
        case when inventory.valid_to is null then 0 else 1 end as is_ended
    from inventory_tools as inventory
    left join known_server_names as names on x_lower(inventory.server_id) = names.name

),

seen as (

    select server_id, tool_name
    from correlated_calls
    where server_id is not null and tool_name is not null

    union distinct

    select coalesce(names.server_id, event.server_id), event.tool_name
    from events as event
    left join known_server_names as names on x_lower(event.server_id) = names.name
    where
        event.layer = 'config'
        and event.kind = 'tool'
        and event.server_id is not null
        and event.tool_name is not null

    union distinct

    select server_id, tool_pattern
    from patterns
    where server_id <> '*' and not x_contains(tool_pattern, '*') and not x_contains(tool_pattern, '?')

),

matched as (

    select
        seen.server_id,
        seen.tool_name,
        patterns.tool_pattern,
        patterns.tool_class,
        patterns.approval,
        patterns.origin,
        patterns.position,
        patterns.is_ended
    from seen
    inner join patterns
        on (patterns.server_id = '*' or patterns.server_id = seen.server_id)
        and (patterns.tool_pattern = seen.tool_name or x_glob(seen.tool_name, patterns.tool_pattern))

)

select
    seen.server_id,
    seen.tool_name,
    coalesce(matched.tool_class, 'unclassified') as tool_class,
    matched.approval
from seen
left join matched
    on seen.server_id = matched.server_id
    and seen.tool_name = matched.tool_name
qualify row_number() over (
    partition by seen.server_id, seen.tool_name
    order by
        case when matched.tool_pattern = seen.tool_name then 0 else 1 end,
        matched.is_ended,
        matched.origin,
        matched.position,
        matched.tool_class
) = 1
