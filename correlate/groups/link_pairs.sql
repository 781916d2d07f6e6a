-- name:    correlate/groups/link_pairs
-- purpose: Which links come together in one event.
-- readers: groups/link_parents
-- grain:   one row per pair of links

with

pairs as (

    select link, x_uuid('trace|' || linked_operation_id) as other_link
    from first_links
    where linked_operation_id is not null

    union all

    select link, x_uuid('request|' || correlation_id)
    from first_links
    where correlation_id is not null and first_operation_id is not null

    union all

    select first_links.link, x_uuid('session|' || ties.mcp_session_id)
    from session_ties as ties
    inner join first_links on ties.id = first_links.event_id

    union all

    select link, x_uuid('session|' || mcp_session_id)
    from first_links
    where mcp_session_id in (select mcp_session_id from session_ties where is_whole)

    union all

    select link, x_uuid('approval|' || approval_id)
    from first_links
    where approval_id is not null

)

select distinct link, other_link
from pairs
where link <> other_link
