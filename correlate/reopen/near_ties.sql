-- name:    correlate/reopen/near_ties
-- purpose: The ties of every hour in which one of the links is tied to something, and of the hours beside it.
--          What is tied to what is mostly near in time, so that these few are gone through again and again.
-- readers: reopen/tied_links
-- grain:   one row per set of links
-- param:   follow_no  bigint  -  the links that were followed since this one

with

links as (

    select link_kind, link
    from followed_links
    where follow_no >= {follow_no:Bigint}

),

touched_hours as (

    select distinct hour_no
    from kept_ties
    where
        operation_id in (select link from links where link_kind = 'trace')
        or linked_operation_id in (select link from links where link_kind = 'trace')
        or mcp_session_id in (select link from links where link_kind = 'session')

),

near_hours as (

    select hour_no - 1 as hour_no from touched_hours
    union distinct
    select hour_no from touched_hours
    union distinct
    select hour_no + 1 from touched_hours

)

select operation_id, linked_operation_id, mcp_session_id
from kept_ties
where hour_no in (select hour_no from near_hours)
