-- name:    correlate/reopen/ties
-- purpose: Which traces and sessions come together in one request or one record of a call: a short way to
--          follow what is tied to what. Ties that are missing here are found by the events themselves.
-- readers: reopen/near_ties of the next correlation
-- grain:   one row per hour and set of links

with

sets as (

    select at_us, operation_id, cast(null as varchar) as linked_operation_id, mcp_session_id
    from gateway_requests

    union all

    select at_us, operation_id, other_operation_id, mcp_session_id
    from server_evidence

)

select distinct
    x_div(at_us, 3600000000) as hour_no,
    operation_id,
    linked_operation_id,
    mcp_session_id
from sets
where
    operation_id is not null
    and (linked_operation_id is not null or mcp_session_id is not null)
