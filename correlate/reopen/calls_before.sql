-- name:    correlate/reopen/calls_before
-- purpose: Where the calls belonged, as they were published, whose evidence is re-opened.
-- readers: reopen/touched_sessions
-- grain:   one row per call

select calls.call_id, calls.session_key
from correlated_calls as calls
semi join reopened on calls.call_id = reopened.event_id
