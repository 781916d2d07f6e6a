-- name:    correlate/reopen/found_events
-- purpose: Events found by something else than a link, with their links.
-- readers: reopen/fresh_links
-- grain:   one row per event that is not re-opened yet

with

found as (

    select event_id, correlation_id, operation_id, linked_operation_id, mcp_session_id, approval_id
    from events
    where event_id in (select event_id from reached)

)

select found.*
from found
anti join reopened on found.event_id = reopened.event_id
