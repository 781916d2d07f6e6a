-- name:    ingest/broken_bags
-- purpose: What could not be read of the records that are evidence all the same.
-- grain:   one row per record and field

select
    broken_bags.record_id,
    mapped.item_no,
    broken_bags.column_name

from broken_bags
inner join mapped on broken_bags.record_id = mapped.record_id

where
    mapped.item_no = 0
    and mapped.reject_reason is null
    and mapped.exclude_reason is null
