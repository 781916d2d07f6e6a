-- name:    correlate/reopen/moved_sessions
-- purpose: Calls whose inferred session began at another time than was known before.
-- readers: publish.ts
-- grain:   one row per call, re-opened or not

select
    calls.call_id,
    calls.session_key as old_session_key,
    inferred.session_key as new_session_key,
    reopened.event_id is not null as is_reopened
from session_calls as calls
inner join inferred_sessions as inferred on calls.call_id = inferred.call_id
left join reopened on calls.call_id = reopened.event_id
where calls.session_key <> inferred.session_key
