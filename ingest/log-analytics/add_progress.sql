-- name:    ingest/add_progress
-- purpose: Notes how far a table was read that was not read before.
-- param:   source     varchar      -     name of the source/workspace or resource
-- param:   partition  varchar      -     table, and what of it
-- param:   position   varchar      -     everything that was ingested before it was read
-- param:   place      varchar      -     where reading began, and what has not settled, as JSON
-- param:   rows       bigint       rows  read
-- param:   now        timestamptz  UTC   the clock

insert into checkpoints by name
select
    {source:Varchar} as source,
    {partition:Varchar} as partition_id,
    {position:Varchar} as position,
    {place:Varchar} as event_offset,
    {rows:Bigint} as events,
    {now:Timestamp} as updated_at
