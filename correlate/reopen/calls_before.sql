-- name:    correlate/reopen/calls_before
-- purpose: The calls as they were published, whose evidence is re-opened.
-- readers: reopen/party_calls, reopen/touched_sessions
-- grain:   one row per call

select calls.*
from correlated_calls as calls
semi join reopened on calls.call_id = reopened.event_id
