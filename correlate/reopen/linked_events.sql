-- name:    correlate/reopen/linked_events
-- purpose: The evidence that has to do with new evidence, by anything by which a step joins one event to
--          another whenever either happened: the request of the gateway, the trace (a linked one too), the
--          session, the approval. Spans are joined within their trace, lenders speak within theirs, and
--          copies are of one trace, so that these are enough.
-- readers: reopen/grouped_events
-- grain:   one row per event and kind of link

with

traces as (

    select operation_id as link from fresh where operation_id is not null
    union distinct
    select linked_operation_id from fresh where linked_operation_id is not null

),

requests as (

    select distinct correlation_id from fresh where correlation_id is not null

),

sessions as (

    select distinct mcp_session_id from fresh where mcp_session_id is not null

),

approvals as (

    select distinct approval_id from fresh where approval_id is not null

)

-- Apart, so that a kind of which there is no link is not looked for.
select event_id from events where operation_id in (select link from traces)

union all

select event_id from events where linked_operation_id in (select link from traces)

union all

select event_id from events where correlation_id in (select correlation_id from requests)

union all

select event_id from events where mcp_session_id in (select mcp_session_id from sessions)

union all

select event_id from events where approval_id in (select approval_id from approvals)
