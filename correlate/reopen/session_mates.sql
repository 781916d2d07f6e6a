-- name:    correlate/reopen/session_mates
-- purpose: Closed evidence that a session ties to re-opened evidence by now, or did: calls that spans do not prove to
--          such calls, and all of a session that is whole.
-- readers: reopen.ts
-- grain:   one row per event

with

open_sessions as (

    select mcp_session_id from session_ties
    union distinct
    select mcp_session_id from kept_session_ties where id in (select event_id from reopened)

),

-- One that was whole before is a group, and one with new evidence was reached for by name: all of it is re-opened.
whole_sessions as (

    select mcp_session_id from session_ties where is_whole
    except distinct
    select mcp_session_id from kept_session_ties where is_whole
    except distinct
    select mcp_session_id from fresh where mcp_session_id is not null

),

whole_at_hand as (

    select distinct mcp_session_id
    from reopened_events
    where mcp_session_id in (select mcp_session_id from whole_sessions)

),

mates as (

    select id as event_id from kept_session_ties where mcp_session_id in (select mcp_session_id from open_sessions)
    union distinct
    select event_id from events where mcp_session_id in (select mcp_session_id from whole_at_hand)

)

select mates.event_id
from mates
anti join reopened on mates.event_id = reopened.event_id
