-- name:    ingest/insert_events
-- purpose: Stores the new events since the last commit, and the better copies of old ones.

insert into events by name
select
    winners.* exclude (record_id),
    pieces.first_no + line_of(winners.record_id) as record_no,
    books.batch_id

from winners
inner join pieces on piece_of(winners.record_id) = pieces.piece_no
inner join books on pieces.origin = books.origin
left join known on winners.event_id = known.event_id

where known.event_id is null or known.is_better
