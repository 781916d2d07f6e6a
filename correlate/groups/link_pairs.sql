-- name:    correlate/groups/link_pairs
-- purpose: Which links come together in one event.
-- readers: groups/link_parents
-- grain:   one row per pair of links

with

linked as (

    select event_id, x_uuid('trace|' || linked_operation_id) as other_link
    from events
    where linked_operation_id is not null

    union all

    select event_id, x_uuid('request|' || correlation_id)
    from events
    where correlation_id is not null and coalesce(operation_id, linked_operation_id) is not null

    union all

    select id, x_uuid('session|' || mcp_session_id)
    from session_ties

    union all

    select event_id, x_uuid('session|' || mcp_session_id)
    from events
    where mcp_session_id in (select mcp_session_id from session_ties where is_whole)

    union all

    select event_id, x_uuid('approval|' || approval_id)
    from events
    where approval_id is not null

)

select distinct first_links.link, linked.other_link
from linked
inner join first_links on linked.event_id = first_links.event_id
where first_links.link <> linked.other_link
