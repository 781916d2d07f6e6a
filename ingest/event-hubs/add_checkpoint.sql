-- name:    ingest/add_checkpoint
-- purpose: Notes the position of a partition that had none.
-- param:   source       varchar      -       namespace/hub/consumer group
-- param:   partition    varchar      -       id of the partition
-- param:   position     varchar      -       highest sequence number that is stored
-- param:   offset       varchar      -       its event's offset
-- param:   enqueued_at  timestamptz  UTC     when its event was enqueued
-- param:   created_at   timestamptz  UTC     when the hub was made
-- param:   events       bigint       events  taken
-- param:   redelivered  bigint       events  came again and were dropped
-- param:   now          timestamptz  UTC     the clock

insert into checkpoints by name
select
    {source:Varchar} as source,
    {partition:Varchar} as partition_id,
    {position:Varchar} as position,
    {offset:Varchar} as event_offset,
    {enqueued_at:Timestamp} as enqueued_at,
    {created_at:Timestamp} as stream_created_at,
    {events:Bigint} as events,
    {redelivered:Bigint} as redelivered,
    {now:Timestamp} as updated_at
