-- name:    correlate/results/call_event_ids
-- purpose: The evidence of a call as one text, sorted.
-- readers: results/correlated_calls
-- grain:   one row per call

select call_id, x_join(x_texts(event_id), ',') as event_ids
from call_members
group by call_id
