-- name:    ingest/reject_broken
-- purpose: Sets aside what would be left out because nothing readable says that it is evidence.

update mapped
set
    exclude_reason = null,
    reject_reason = 'an object in it is no JSON, and nothing else says whether it is evidence: ' || broken.column_names

from (
    select record_id, string_agg(column_name, ', ' order by column_name) as column_names
    from broken_bags
    where is_decisive
    group by record_id
) as broken

where
    mapped.record_id = broken.record_id
    and mapped.exclude_reason is not null
