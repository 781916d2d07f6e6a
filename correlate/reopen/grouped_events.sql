-- name:    correlate/reopen/grouped_events
-- purpose: The events that were reached, and all the evidence that is tied to them over however many links.
-- readers: reopen.ts
-- grain:   one row per event that is not re-opened yet

with

reached_groups as (

    select group_id
    from kept_groups
    where event_id in (select event_id from reached)

),

found as (

    select event_id from reached
    union distinct
    select event_id from kept_groups where group_id in (select group_id from reached_groups)

)

select found.event_id
from found
anti join reopened on found.event_id = reopened.event_id
