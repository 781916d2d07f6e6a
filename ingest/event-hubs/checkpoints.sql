-- name:    ingest/checkpoints
-- purpose: Where the partitions of a source stand.
-- param:   source  varchar  -  namespace/hub/consumer group, in lower case
-- column:  partition_id       varchar      -    id of the partition
-- column:  position           varchar      -    highest sequence number that is stored
-- column:  event_offset       varchar      -    its event's offset
-- column:  enqueued_at        timestamptz  UTC  when its event was enqueued
-- column:  stream_created_at  timestamptz  UTC  when the hub was made

select
    partition_id,
    position,
    event_offset,
    enqueued_at,
    stream_created_at

from checkpoints

where lower(source) = {source:Varchar}

-- Until their names are brought together there may be several of a partition, see foldNames.
qualify row_number() over (partition by partition_id order by updated_at desc nulls last, source) = 1

order by partition_id
