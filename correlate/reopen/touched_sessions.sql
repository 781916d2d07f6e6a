-- name:    correlate/reopen/touched_sessions
-- purpose: Sessions that gained, lost or changed a call.
-- readers: reopen/session_calls
-- grain:   one row per session key

select session_key from calls_before where session_key is not null
union distinct
select session_key from made_correlated_calls where session_key is not null
union distinct
select old_session_key from moved_sessions
union distinct
select new_session_key from moved_sessions
