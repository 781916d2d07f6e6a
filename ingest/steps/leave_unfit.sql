-- name:    ingest/leave_unfit
-- purpose: Leaves records that cannot be used to the long way, which keeps what is told of them.

delete from evidence

where record_id in (
    select record_id

    from evidence

    where piece_of(record_id) >= $first_piece and (reject_reason is not null or exclude_reason is not null)
)
