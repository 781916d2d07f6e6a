-- name:    correlate/reopen/party_calls
-- purpose: Calls of the touched sessions whose session can only be inferred.
-- readers: results/inferred_sessions
-- grain:   one row per call

select
    call_id,
    "timestamp" as started_at,
    agent_id,
    server_id,
    caller_identity,
    caller_ip,
    client_name,
    mcp_session_id,
    conversation_id,
    operation_id
from session_calls
where session_source = 'inferred'
