-- name:    correlate/reopen/party_calls
-- purpose: Calls whose session can only be inferred, of every server that a re-opened call of that kind was
--          or is at: such a session lasts from call to call, however long.
-- readers: results/inferred_sessions
-- grain:   one row per call

with

touched as (

    select coalesce(server_id, '') as party_server_id
    from calls_before
    where mcp_session_id is null and conversation_id is null and operation_id is null

    union distinct

    select coalesce(server_id, '')
    from correlated_calls
    where
        mcp_session_id is null
        and conversation_id is null
        and operation_id is null
        and call_id in (select event_id from reopened)

)

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
from correlated_calls
where
    mcp_session_id is null
    and conversation_id is null
    and operation_id is null
    and coalesce(server_id, '') in (select party_server_id from touched)
