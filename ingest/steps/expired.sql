-- name:    ingest/expired
-- purpose: New events since the last commit that are older than what is kept, or went with a call that is.
-- grain:   one row per event

select
    winners.event_id,
    winners.record_id

from winners
anti join events on winners.event_id = events.event_id

where
    (
        winners.layer <> 'config'
        and winners.occurred_at < (select max(kept_from) from retention_runs where class = 'evidence')
    )
    or winners.event_id in (select event_id from expired_events)
