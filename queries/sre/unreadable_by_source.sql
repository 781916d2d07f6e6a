-- name:    sre/unreadable_by_source
-- purpose: Which columns of stored records are empty because what was sent was none of their type, so that its sender can mend it.
-- readers: SRE, SOC, FinOps
-- grain:   one row per source table and column over all runs
-- brief:   source_table, column_name, unreadable, last_at
-- column:  source_table  varchar      -       telemetry table
-- column:  column_name   varchar      -       column of events that the value would have been in; tags: one of its tags; an object (properties, requestheaders): all of its fields
-- column:  unreadable    bigint       values  how many could not be read; the rest of their records is stored
-- column:  batches       bigint       batches ingest batches that had any
-- column:  sources       bigint       files   files, hubs or workspaces that had any
-- column:  last_at       timestamptz  UTC     latest record of those batches

select
    found.source_table,
    found.column_name,
    cast(sum(found.unreadable) as bigint) as unreadable,
    count(distinct found.batch_id) as batches,
    count(distinct found.source) as sources,
    max(books.last_at) as last_at

from unreadable_values as found
left join ingest_batches as books
    on found.batch_id = books.batch_id
    and found.source_table = books.source_table

group by
    found.source_table,
    found.column_name

order by unreadable desc, source_table, column_name
