-- name:    correlate/reopen/new_events
-- purpose: The evidence that the last correlation has not seen, and how it is tied to other evidence: a
--          better copy also by what the copy before it said, for calls may have rested on that.
-- readers: reopen/linked_events
-- grain:   one row per new event, and one per copy that is gone
-- param:   batch_id  bigint  -  the newest batch that was seen

select event_id, correlation_id, operation_id, linked_operation_id, mcp_session_id, approval_id
from events
where batch_id > {batch_id:Bigint}

union all

select event_id, correlation_id, operation_id, linked_operation_id, mcp_session_id, approval_id
from replaced_events
