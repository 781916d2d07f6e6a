-- name:    correlate/reopen/party_calls
-- purpose: Calls whose session can only be inferred, of every server that a re-opened call of that kind was
--          or is at: such a session lasts from call to call, however long.
-- readers: results/inferred_sessions
-- grain:   one row per call

with

touched as (

    select coalesce(server_id, '') as party_server_id
    from calls_before
    where session_source is null or session_source = 'inferred'

    union distinct

    select coalesce(server_id, '')
    from made_correlated_calls
    where session_source is null or session_source = 'inferred'

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
    (session_source is null or session_source = 'inferred')
    and coalesce(server_id, '') in (select party_server_id from touched)
