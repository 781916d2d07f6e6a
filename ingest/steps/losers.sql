-- name:    ingest/losers
-- purpose: Of several copies of one event in this batch, all but the one that is kept: lowest rank,
--          then lowest content hash; never the first to arrive.
-- grain:   one row per copy that is not kept

with

copied as (

    select event_id

    from evidence

    where reject_reason is null and exclude_reason is null

    group by event_id

    having count(*) > 1

),

ranked as (

    select
        record_id,
        item_no,
        row_number() over (partition by event_id order by source_rank, content_hash, record_id) as place

    from evidence
    semi join copied on evidence.event_id = copied.event_id

    where evidence.reject_reason is null and evidence.exclude_reason is null

)

select
    record_id,
    item_no

from ranked

where place > 1
