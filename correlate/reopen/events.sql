-- name:    correlate/reopen/events
-- purpose: The re-opened evidence. Under this name it stands before all the evidence, so that every step
--          sees only what is re-opened.
-- readers: the steps
-- grain:   one row per re-opened event

select events.*
from events
semi join reopened on events.event_id = reopened.event_id
