-- name:    correlate/reopen/tied_links
-- purpose: The links that come together with those found last, and were not followed yet.
-- readers: reopen/linked_events
-- grain:   one row per link

with

tied as (

    select *
    from kept_ties
    where
        operation_id in (select link from fresh_links where link_kind = 'trace')
        or linked_operation_id in (select link from fresh_links where link_kind = 'trace')
        or mcp_session_id in (select link from fresh_links where link_kind = 'session')
        or approval_id in (select link from fresh_links where link_kind = 'approval')
        or correlation_id in (select link from fresh_links where link_kind = 'request')

),

found as (

    select 'trace' as link_kind, operation_id as link from tied
    union distinct
    select 'trace', linked_operation_id from tied
    union distinct
    select 'session', mcp_session_id from tied
    union distinct
    select 'approval', approval_id from tied
    union distinct
    select 'request', correlation_id from tied

)

select found.link_kind, found.link
from found
anti join followed_links as followed
    on found.link_kind = followed.link_kind
    and found.link = followed.link
where found.link is not null
