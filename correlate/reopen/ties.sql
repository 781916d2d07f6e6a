-- name:    correlate/reopen/ties
-- purpose: Which links come together. The rows of one request of the gateway are one where they agree;
--          where they do not, each stands for itself, and the request ties them.
-- readers: reopen/tied_links of the next correlation
-- grain:   one row per set of links

with

requests as (

    select
        correlation_id,
        min(operation_id) as operation_id,
        min(linked_operation_id) as linked_operation_id,
        min(mcp_session_id) as mcp_session_id,
        min(approval_id) as approval_id,
        coalesce(min(operation_id) <> max(operation_id), false)
            or coalesce(min(linked_operation_id) <> max(linked_operation_id), false)
            or coalesce(min(mcp_session_id) <> max(mcp_session_id), false)
            or coalesce(min(approval_id) <> max(approval_id), false) as is_split
    from events
    where correlation_id is not null
    group by correlation_id

),

sets as (

    select
        operation_id,
        linked_operation_id,
        mcp_session_id,
        approval_id,
        cast(null as varchar) as correlation_id
    from requests
    where not is_split

    union all

    select operation_id, linked_operation_id, mcp_session_id, approval_id, correlation_id
    from events
    where correlation_id is null

    union all

    select
        events.operation_id,
        events.linked_operation_id,
        events.mcp_session_id,
        events.approval_id,
        events.correlation_id
    from events
    inner join requests on events.correlation_id = requests.correlation_id
    where requests.is_split

)

select distinct operation_id, linked_operation_id, mcp_session_id, approval_id, correlation_id
from sets
where
    case when operation_id is null then 0 else 1 end
    + case when linked_operation_id is null then 0 else 1 end
    + case when mcp_session_id is null then 0 else 1 end
    + case when approval_id is null then 0 else 1 end
    + case when correlation_id is null then 0 else 1 end > 1
