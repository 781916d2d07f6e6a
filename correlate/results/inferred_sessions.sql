-- name:    correlate/results/inferred_sessions
-- purpose: A session for calls that declare none and share neither conversation nor trace: the same
--          agent (else client, else caller) and server without a long pause.
-- readers: results/correlated_calls
-- grain:   one row per call whose session had to be inferred
-- param:   idle_ms  bigint  ms  a longer pause begins a new session

with

parties as (

    select
        call_id,
        coalesce('agent|' || agent_id, 'caller|' || coalesce(caller_identity, caller_ip), 'none')
            || '|client|' || coalesce(client_name, '')
            || '|server|' || coalesce(server_id, '') as party,
        x_us(started_at) as started_us
    from call_facts
    anti join trace_sessions on call_facts.call_id = trace_sessions.call_id
    where
        mcp_session_id is null
        and conversation_id is null
        and coalesce(agent_id, client_name, caller_identity, caller_ip) is not null

),

paused as (

    select
        *,
        started_us - max(started_us) over (
            partition by party
            order by started_us, call_id
            rows between unbounded preceding and 1 preceding
        ) as pause_us
    from parties

),

begun as (

    -- Times ascend: the last beginning so far is the latest.
    select
        call_id,
        party,
        max(case when pause_us <= {idle_ms:Bigint} * 1000 then null else started_us end) over (
            partition by party
            order by started_us, call_id
            rows between unbounded preceding and current row
        ) as first_us
    from paused

)

select call_id, x_text(x_uuid(party || '|' || x_text(first_us))) as session_key
from begun
