-- What a stream needs beside its rows: where each partition stands, what is missing of it, and which
-- process writes. All of it is written in the transaction of the rows it covers.

-- The position of a partition is the highest sequence number whose event is stored.
alter table checkpoints add column event_offset varchar; -- as Event Hubs names the place; opaque
alter table checkpoints add column enqueued_at timestamptz; -- of the event at the position
alter table checkpoints add column stream_created_at timestamptz; -- another time: the hub was made anew
alter table checkpoints add column events bigint default 0; -- taken so far
alter table checkpoints add column redelivered bigint default 0; -- came again, and were dropped
alter table checkpoints add column updated_at timestamptz;

-- Events that were in a stream, or must be taken to have been, and never will be in the store.
create table stream_gaps (
    source varchar not null, -- namespace/hub/consumer group
    partition_id varchar not null,
    cause varchar not null, -- retention | recreated | loss
    from_sequence_number bigint not null, -- the first that is missing
    to_sequence_number bigint, -- the last; NULL: nobody can know
    from_at timestamptz, -- the event before it was enqueued then; NULL: unknown
    to_at timestamptz not null, -- the event after it was enqueued then, or it was noticed then
    noticed_at timestamptz not null
);

-- At most one row: the process that may add to this database.
create table ingest_lease (
    holder varchar not null, -- random, so that two processes are never mistaken for one another
    host varchar not null,
    pid bigint not null,
    purpose varchar not null, -- 'ingest event-hubs stream'
    since timestamptz not null,
    renewed_at timestamptz not null
);
