-- name:    correlate/reopen/events
-- purpose: The re-opened evidence, less what is at hand already. Under the name of all the evidence it
--          stands before that, so that every step sees only what is re-opened.
-- readers: the steps
-- grain:   one row per re-opened event

select *
from events
where event_id in (
    select reopened.event_id
    from reopened
    anti join reopened_events on reopened.event_id = reopened_events.event_id
)
