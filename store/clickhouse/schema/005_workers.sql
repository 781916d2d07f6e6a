-- What lets several processes add to one database.

-- Whose turn it is to commit: the lowest number of those that are here. A process that has not found its number yet has
-- number 0. Its partition is dropped when its turn is over.
create table if not exists turns (
    turn_id String,
    number UInt64,
    host String,
    pid Int64,
    noted_at DateTime64(3, 'UTC') default now64(3)
)
engine = MergeTree
partition by turn_id
order by number
settings non_replicated_deduplication_window = 1000;

-- A row without a position says that nothing is known any more.
create or replace view checkpoints as
select
    source,
    partition_id,
    position,
    event_offset,
    enqueued_at,
    stream_created_at,
    events,
    redelivered,
    updated_at
from checkpoints_stored final
where position <> '';
