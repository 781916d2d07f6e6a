-- name:    soc/relations/read_again
-- purpose: Readings of files that set records aside, and after which the file came again with no less in it.
-- readers: SRE
-- grain:   one row per batch and source
-- column:  batch_id  bigint   -  ingest batch
-- column:  source    varchar  -  file

with

readings as (

    select
        batch_id,
        source,
        sum(received) as received,
        sum(stored) as stored,
        sum(duplicate) as duplicate,
        sum(rejected) as rejected

    from ingest_batches

    group by
        batch_id,
        source

)

select distinct
    earlier.batch_id,
    earlier.source

from readings as earlier

inner join readings as later on earlier.source = later.source

where
    earlier.rejected > 0
    -- All that was stored is there once more: what had been half written is whole now, or was set aside anew. Of what was
    -- nothing but set aside nobody can tell whether it is the same file.
    and earlier.stored + earlier.duplicate > 0
    and later.duplicate >= earlier.stored + earlier.duplicate
    and later.received >= earlier.received
    and later.batch_id > earlier.batch_id

order by
    earlier.batch_id,
    earlier.source
