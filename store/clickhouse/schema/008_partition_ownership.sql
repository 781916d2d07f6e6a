-- What lets several processes read the partitions of one stream, each of them by one process at a time.

-- Who has which partition; nobody, where the owner is empty. Written by who has the turn to commit.
create table if not exists partition_ownership_stored (
    source String,
    partition_id String,
    owner_id String,
    -- The highest is the one that counts.
    etag UInt64,
    modified_at DateTime64(3, 'UTC') default now64(3)
)
engine = ReplacingMergeTree(etag)
order by (source, partition_id);

create or replace view partition_ownership as
select
    source,
    partition_id,
    owner_id,
    etag,
    modified_at
from partition_ownership_stored final;

-- Who is there. A process says so again and again, also while it waits for its turn: one that is silent is gone, and
-- what it has is for the others. Its partition is dropped when it leaves, or is found to be gone.
create table if not exists partition_owners (
    owner_id String,
    source String,
    host String,
    pid Int64,
    noted_at DateTime64(3, 'UTC') default now64(3)
)
engine = ReplacingMergeTree(noted_at)
partition by owner_id
order by source;
