-- name:    ingest/insert_expired
-- purpose: The books of the records that came too late to be kept, by source.

insert into expired_records by name
select
    any_value(books.batch_id) as batch_id,
    any_value(books.source) as source,
    verdicts.source_table,
    count(*) as expired

from verdicts
inner join books on verdicts.origin = books.origin

where verdicts.is_expired

group by verdicts.origin, verdicts.source_table
