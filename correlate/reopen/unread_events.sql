-- name:    correlate/reopen/unread_events
-- purpose: The re-opened evidence that is not at hand yet.
-- readers: reopen.ts, which fetches it
-- grain:   one row per event

select reopened.event_id
from reopened
anti join reopened_events on reopened.event_id = reopened_events.event_id
