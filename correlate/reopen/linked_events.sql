-- name:    correlate/reopen/linked_events
-- purpose: The events at the other end of the links, that are not re-opened yet.
-- readers: reopen/fresh_links
-- grain:   one row per event
-- param:   follow_no  bigint  -  the links that were followed since this one

with

links as (

    select link_kind, link
    from followed_links
    where follow_no >= {follow_no:Bigint}

),

linked as (

    -- Apart, so that a kind of which there is no link is not looked for.
    select event_id, correlation_id, operation_id, linked_operation_id, mcp_session_id, approval_id
    from events
    where operation_id in (select link from links where link_kind = 'trace')

    union all

    select event_id, correlation_id, operation_id, linked_operation_id, mcp_session_id, approval_id
    from events
    where linked_operation_id in (select link from links where link_kind = 'trace')

    union all

    select event_id, correlation_id, operation_id, linked_operation_id, mcp_session_id, approval_id
    from events
    where correlation_id in (select link from links where link_kind = 'request')

    union all

    select event_id, correlation_id, operation_id, linked_operation_id, mcp_session_id, approval_id
    from events
    where mcp_session_id in (select link from links where link_kind = 'session')

    union all

    select event_id, correlation_id, operation_id, linked_operation_id, mcp_session_id, approval_id
    from events
    where approval_id in (select link from links where link_kind = 'approval')

)

select distinct
    linked.event_id,
    linked.correlation_id,
    linked.operation_id,
    linked.linked_operation_id,
    linked.mcp_session_id,
    linked.approval_id
from linked
anti join reopened on linked.event_id = reopened.event_id
