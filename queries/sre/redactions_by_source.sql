-- name:    sre/redactions_by_source
-- purpose: What was taken out of the evidence before it was stored, and from which column, so that its sender can mend it.
-- readers: SOC, SRE
-- grain:   one row per source table, column and kind over all runs
-- brief:   source_table, column_name, kind, redacted, last_at
-- column:  source_table  varchar      -       telemetry table
-- column:  column_name   varchar      -       column of events that the value would have been in
-- column:  kind          varchar      -       bearer_token, api_key, password, email, ...; tool_arguments: hashed; identity, address: pseudonyms
-- column:  redacted      bigint       values  how many were taken out or hidden
-- column:  batches       bigint       batches ingest batches that had any
-- column:  sources       bigint       files   files, hubs or workspaces that had any
-- column:  last_at       timestamptz  UTC     latest record of those batches

select
    found.source_table,
    found.column_name,
    found.kind,
    cast(sum(found.redacted) as bigint) as redacted,
    count(distinct found.batch_id) as batches,
    count(distinct found.source) as sources,
    max(books.last_at) as last_at

from redactions as found
left join ingest_batches as books
    on found.batch_id = books.batch_id
    and found.source_table = books.source_table

group by
    found.source_table,
    found.column_name,
    found.kind

order by redacted desc, source_table, column_name, kind
