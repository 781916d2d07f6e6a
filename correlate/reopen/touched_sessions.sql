-- name:    correlate/reopen/touched_sessions
-- purpose: Sessions that gained, lost or changed a call, and the inferred ones that such a call may be part of by
--          now: those with a call of the same agent at the same server, no longer before or after than a pause may
--          be. No other session can begin or end elsewhere.
-- readers: reopen/session_calls
-- grain:   one row per session key
-- param:   idle_ms  bigint  ms  a longer pause begins a new session

with

made as (

    select
        coalesce(server_id, '') as server_id,
        coalesce(agent_id, '') as agent_id,
        x_div(x_us("timestamp"), {idle_ms:Bigint} * 1000 + 1) as period_no
    from made_correlated_calls
    where session_source = 'inferred'

),

near_periods as (

    select server_id, agent_id, period_no - 1 as period_no from made
    union distinct
    select server_id, agent_id, period_no from made
    union distinct
    select server_id, agent_id, period_no + 1 from made

)

select session_key from calls_before where session_key is not null
union distinct
select session_key from made_correlated_calls where session_key is not null
union distinct
select session_key
from correlated_calls
where
    session_source = 'inferred'
    and (
        coalesce(server_id, ''),
        coalesce(agent_id, ''),
        x_div(x_us("timestamp"), {idle_ms:Bigint} * 1000 + 1)
    ) in (select server_id, agent_id, period_no from near_periods)
