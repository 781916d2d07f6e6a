-- name:    correlate/reopen/session_calls
-- purpose: All calls of the touched sessions, for the step that makes sessions of calls.
-- readers: results/sessions
-- grain:   one row per call

select calls.*
from correlated_calls as calls
semi join touched_sessions on calls.session_key = touched_sessions.session_key
