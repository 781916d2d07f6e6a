-- name:    ingest/received
-- purpose: Every record since the last commit: those that were looked at, and those that the first look
--          found to be sound.
-- grain:   one row per record

select
    record_id,
    source_table,
    exclude_reason,
    reject_reason

from seen

union all

select
    evidence.record_id,
    any_value(evidence.source_table) as source_table,
    null as exclude_reason,
    null as reject_reason

from evidence
anti join seen on evidence.record_id = seen.record_id

group by evidence.record_id
