-- name:    correlate/reopen/fresh_links
-- purpose: Everything by which a step joins one event to another, whenever either happened: the request
--          of the gateway, the trace (a linked one too), the session, the approval. Spans are joined within
--          their trace, lenders speak within theirs, and copies are of one trace, so that these are enough.
-- readers: reopen/linked_events
-- grain:   one row per link of the events that were re-opened last

select distinct link_kind, link
from (
    select 'trace' as link_kind, operation_id as link from fresh
    union all
    select 'trace', linked_operation_id from fresh
    union all
    select 'request', correlation_id from fresh
    union all
    select 'session', mcp_session_id from fresh
    union all
    select 'approval', approval_id from fresh
) as links
where link is not null
