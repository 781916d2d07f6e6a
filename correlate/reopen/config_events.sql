-- name:    correlate/reopen/config_events
-- purpose: The evidence that tells of servers, agents, tools and settings. It is little, and read by many
--          steps.
-- readers: the steps of the inventory
-- grain:   one row per event

select *
from events
where layer = 'config'
