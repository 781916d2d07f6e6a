-- name:    ingest/winners
-- purpose: The copy of each event of this batch that is kept.
-- grain:   one row per event of the batch

select evidence.* exclude (reject_reason, exclude_reason, arguments_text, is_dirty)

from evidence
anti join losers
    on evidence.record_id = losers.record_id
    and evidence.item_no = losers.item_no

where evidence.reject_reason is null and evidence.exclude_reason is null
