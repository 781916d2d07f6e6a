-- name:    correlate/reopen/tied_links
-- purpose: The links that come together with those found last, and were not followed yet.
-- readers: reopen/linked_events
-- grain:   one row per link
-- param:   since      bigint  -  the links that were found since this one lead on
-- param:   follow_no  bigint  -  counts how often links were followed

with

lead as (

    select link_kind, link
    from followed_links
    where follow_no >= {since:Bigint}

),

tied as (

    select *
    from near_ties
    where
        operation_id in (select link from lead where link_kind = 'trace')
        or linked_operation_id in (select link from lead where link_kind = 'trace')
        or mcp_session_id in (select link from lead where link_kind = 'session')

),

found as (

    select 'trace' as link_kind, operation_id as link from tied
    union distinct
    select 'trace', linked_operation_id from tied
    union distinct
    select 'session', mcp_session_id from tied

)

select found.link_kind, found.link, {follow_no:Bigint} as follow_no
from found
anti join followed_links as followed
    on found.link_kind = followed.link_kind
    and found.link = followed.link
where found.link is not null
