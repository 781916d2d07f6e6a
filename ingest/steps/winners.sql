-- name:    ingest/winners
-- purpose: The copy of each event since the last commit that is kept.
-- grain:   one row per event

select evidence.* exclude (natural_key, reject_reason, exclude_reason, arguments_text, is_dirty)

from evidence
anti join losers
    on evidence.record_id = losers.record_id
    and evidence.item_no = losers.item_no

where evidence.reject_reason is null and evidence.exclude_reason is null
