-- name:    correlate/groups/first_links
-- purpose: One link that stands for the event; the others it has are tied to this one. A session is none: whom it ties
--          is told by session_ties.
-- readers: groups/link_pairs, groups/groups
-- grain:   one row per event that has a link

select
    event_id,
    x_uuid(coalesce(
        'trace|' || operation_id,
        'trace|' || linked_operation_id,
        'request|' || correlation_id,
        'approval|' || approval_id,
        'event|' || x_text(event_id)
    )) as link
from events
where
    operation_id is not null
    or linked_operation_id is not null
    or correlation_id is not null
    or mcp_session_id is not null
    or approval_id is not null
