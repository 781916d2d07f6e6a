-- name:    ingest/move_progress
-- purpose: Moves how far a table was read, where that is known.
-- param:   source     varchar      -     name of the source/workspace or resource
-- param:   partition  varchar      -     table, and what of it
-- param:   position   varchar      -     everything that was ingested before it was read
-- param:   place      varchar      -     where reading began, and what has not settled, as JSON
-- param:   rows       bigint       rows  read since the last move
-- param:   now        timestamptz  UTC   the clock

update checkpoints
set
    position = {position:Varchar},
    event_offset = {place:Varchar},
    events = events + {rows:Bigint},
    updated_at = {now:Timestamp}

where source = {source:Varchar} and partition_id = {partition:Varchar}
