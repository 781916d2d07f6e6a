-- name:    correlate/reopen/session_calls
-- purpose: All calls of the touched sessions, for the steps that infer sessions and make them of calls.
-- readers: reopen/party_calls, reopen/moved_sessions, results/sessions
-- grain:   one row per call

select
    calls.call_id,
    calls.session_key,
    calls.session_source,
    calls.mcp_session_id,
    calls.conversation_id,
    calls.operation_id,
    calls.agent_id,
    calls.caller_identity,
    calls.caller_ip,
    calls.client_name,
    calls."timestamp",
    calls.outcome,
    calls.server_id,
    calls.tool_name
from correlated_calls as calls
semi join touched_sessions on calls.session_key = touched_sessions.session_key
