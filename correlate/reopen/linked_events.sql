-- name:    correlate/reopen/linked_events
-- purpose: The events at the other end of the links, that are not re-opened yet.
-- readers: reopen/fresh_links
-- grain:   one row per event

with

linked as (

    select event_id, correlation_id, operation_id, linked_operation_id, mcp_session_id, approval_id
    from events
    where
        operation_id in (select link from fresh_links where link_kind = 'trace')
        or linked_operation_id in (select link from fresh_links where link_kind = 'trace')
        or correlation_id in (select link from fresh_links where link_kind = 'request')
        or mcp_session_id in (select link from fresh_links where link_kind = 'session')
        or approval_id in (select link from fresh_links where link_kind = 'approval')

)

select linked.*
from linked
anti join reopened on linked.event_id = reopened.event_id
