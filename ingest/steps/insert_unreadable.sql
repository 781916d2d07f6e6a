-- name:    ingest/insert_unreadable
-- purpose: The books of the values that could not be read, of the rows that this commit stores, by source and column.

insert into unreadable_values by name

with

found as (

    -- Each is looked for twice, and a batch may be mapped twice.
    select distinct record_id, item_no, column_name
    from unreadable

)

select
    books.batch_id,
    books.source,
    winners.source_table,
    found.column_name,
    count(*) as unreadable

from found
inner join winners
    on found.record_id = winners.record_id
    and found.item_no = winners.item_no
inner join pieces on piece_of(winners.record_id) = pieces.piece_no
inner join books on pieces.origin = books.origin
left join known on winners.event_id = known.event_id

where known.event_id is null or known.is_better

group by all
