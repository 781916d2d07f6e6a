-- name:    correlate/gateway/placed_rows
-- purpose: The gateway's rows with the slot in which rows of other tables meet them; less envelopes and copies.
-- readers: gateway/gateway_requests
-- grain:   one row per gateway row that is about one call
-- as:      view

select row.*, coalesce(slots.slot, '') as slot
from gateway_rows as row
left join gateway_slots as slots on row.event_id = slots.event_id
where slots.event_id is null or (not slots.is_envelope and slots.kept_event_id is null)
