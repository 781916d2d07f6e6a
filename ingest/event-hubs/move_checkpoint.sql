-- name:    ingest/move_checkpoint
-- purpose: Moves the position of a partition that has one.
-- param:   source       varchar      -       namespace/hub/consumer group
-- param:   partition    varchar      -       id of the partition
-- param:   position     varchar      -       highest sequence number that is stored
-- param:   offset       varchar      -       its event's offset
-- param:   enqueued_at  timestamptz  UTC     when its event was enqueued
-- param:   created_at   timestamptz  UTC     when the hub was made
-- param:   events       bigint       events  taken since the last move
-- param:   redelivered  bigint       events  of these partitions' deliveries, came again and were dropped
-- param:   now          timestamptz  UTC     the clock

update checkpoints
set
    position = {position:Varchar},
    event_offset = {offset:Varchar},
    enqueued_at = {enqueued_at:Timestamp},
    stream_created_at = {created_at:Timestamp},
    events = events + {events:Bigint},
    redelivered = redelivered + {redelivered:Bigint},
    updated_at = {now:Timestamp}

where source = {source:Varchar} and partition_id = {partition:Varchar}
