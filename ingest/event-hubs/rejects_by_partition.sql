-- name:    ingest/rejects_by_partition
-- purpose: How many records of each partition the last commit has set aside.
-- param:   source    varchar  -        namespace/hub/consumer group/
-- column:  source    varchar  -        namespace/hub/consumer group/partition
-- column:  rejected  bigint   records  of this commit

select
    ingest_batches.source,
    cast(sum(ingest_batches.rejected) as bigint) as rejected

from ingest_batches
inner join books on ingest_batches.batch_id = books.batch_id

where starts_with(ingest_batches.source, {source:Varchar})

group by ingest_batches.source
