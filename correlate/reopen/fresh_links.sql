-- name:    correlate/reopen/fresh_links
-- purpose: Everything by which a step joins one event to another, whenever either happened: the request
--          of the gateway, the trace (a linked one too), the session, the approval. Spans are joined within
--          their trace, lenders speak within theirs, and copies are of one trace, so that these are enough.
-- readers: reopen/tied_links, reopen/linked_events
-- grain:   one row per link of the events re-opened last that was not followed yet
-- param:   follow_no  bigint  -  counts how often links were followed

with

found as (

    select 'trace' as link_kind, operation_id as link from fresh
    union distinct
    select 'trace', linked_operation_id from fresh
    union distinct
    select 'request', correlation_id from fresh
    union distinct
    select 'session', mcp_session_id from fresh
    union distinct
    select 'approval', approval_id from fresh

)

select found.link_kind, found.link, {follow_no:Bigint} as follow_no
from found
anti join followed_links as followed
    on found.link_kind = followed.link_kind
    and found.link = followed.link
where found.link is not null
