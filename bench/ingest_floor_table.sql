-- name:    bench/ingest_floor_table
-- purpose: Where the floor of the ingest benchmark goes: what is mapped of an event, without constraints.

create table floor_events as
select * exclude (event_id, content_hash, batch_id, record_no) from events where false
