-- name:    ingest/add_gap
-- purpose: Notes events that were in a stream and never will be in the store.
-- param:   source     varchar      -    namespace/hub/consumer group
-- param:   partition  varchar      -    id of the partition
-- param:   cause      varchar      -    retention, recreated or loss
-- param:   from_no    bigint       -    sequence number of the first that is missing
-- param:   to_no      bigint       -    of the last; null when nobody can know
-- param:   from_at    timestamptz  UTC  when the event before it was enqueued
-- param:   to_at      timestamptz  UTC  when the event after it was enqueued, or the gap was noticed
-- param:   now        timestamptz  UTC  the clock

insert into stream_gaps by name
select
    {source:Varchar} as source,
    {partition:Varchar} as partition_id,
    {cause:Varchar} as cause,
    {from_no:Bigint} as from_sequence_number,
    {to_no:Bigint} as to_sequence_number,
    {from_at:Timestamp} as from_at,
    {to_at:Timestamp} as to_at,
    {now:Timestamp} as noticed_at
