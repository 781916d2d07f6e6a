-- name:    ingest/insert_events
-- purpose: Stores the new events of the batch, and the better copies of old ones.

insert into events by name
select
    winners.* exclude (record_id),
    getvariable('batch_id') as batch_id

from winners
left join known on winners.event_id = known.event_id

where known.event_id is null or known.is_better
