-- name:    ingest/leave_unfit
-- purpose: Leaves records that cannot be used to the long way, which keeps what is told of them.

delete from mapped

where record_id in (select record_id from mapped where reject_reason is not null or exclude_reason is not null)
