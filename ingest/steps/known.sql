-- name:    ingest/known
-- purpose: Which events of the batch the store has already, and whether the batch brings a better copy.
-- grain:   one row per event that is in both

select
    winners.event_id,
    (winners.source_rank, winners.content_hash) < (events.source_rank, events.content_hash) as is_better

from events
inner join winners on events.event_id = winners.event_id
