-- name:    doctor/evidence/books
-- purpose: What became of the records that were read.
-- grain:   one row
-- column:  received      bigint  records  that were read
-- column:  stored        bigint  records  of these, stored
-- column:  rejected      bigint  records  of these, set aside because they could not be used
-- column:  truncated     bigint  records  of the stored, cut by their sender
-- column:  gaps          bigint  gaps     in streams: events that never will be stored; not those that retention removed
-- column:  uncorrelated  bigint  events   stored after the last correlation, and still there

with

batches as (

    select
        cast(coalesce(sum(received), 0) as bigint) as received,
        cast(coalesce(sum(stored), 0) as bigint) as stored,
        cast(coalesce(sum(rejected), 0) as bigint) as rejected,
        cast(coalesce(sum(truncated), 0) as bigint) as truncated

    from ingest_batches

),

correlated as (

    select coalesce(max(batch_id), 0) as batch_id from correlation_state

),

later as (

    select cast(count(*) as bigint) as stored

    from events

    cross join correlated

    where events.batch_id > correlated.batch_id

)

select
    batches.received,
    batches.stored,
    batches.rejected,
    batches.truncated,
    (select count(*) from stream_gaps where cause <> 'removed') as gaps,
    later.stored as uncorrelated

from batches

cross join later
