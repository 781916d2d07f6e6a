-- name:    ingest/insert_events
-- purpose: Stores the new events since the last commit, and the better copies of old ones.

insert into events by name
select
    winners.* exclude (record_id),
    seen.record_no,
    books.batch_id

from winners
inner join seen on winners.record_id = seen.record_id
inner join books on seen.origin = books.origin
left join known on winners.event_id = known.event_id

where known.event_id is null or known.is_better
