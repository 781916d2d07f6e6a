-- name:    correlate/reopen/session_calls
-- purpose: All calls of the touched sessions, for the step that makes sessions of calls.
-- readers: results/sessions
-- grain:   one row per call

select
    calls.session_key,
    calls.session_source,
    calls.mcp_session_id,
    calls.agent_id,
    calls.caller_identity,
    calls.client_name,
    calls."timestamp",
    calls.outcome,
    calls.server_id,
    calls.tool_name
from correlated_calls as calls
semi join touched_sessions on calls.session_key = touched_sessions.session_key
