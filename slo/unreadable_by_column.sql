-- name:    slo/unreadable_by_column
-- purpose: Columns that are empty in records of a window because what was sent for them could not be read.
-- readers: SRE
-- grain:   one row per source table, column and layer that the table feeds
-- param:   from_at       timestamptz  UTC     window start, inclusive
-- param:   to_at         timestamptz  UTC     window end, exclusive
-- column:  source_table  varchar      -       telemetry table
-- column:  column_name   varchar      -       column of events
-- column:  layer         varchar      -       layer its events are in; null when it has none
-- column:  unreadable    bigint       values  that could not be read

with

counted as (

    select
        found.source_table,
        found.column_name,
        cast(sum(found.unreadable) as bigint) as unreadable

    from unreadable_values as found
    inner join ingest_batches as books
        on found.batch_id = books.batch_id
        and found.source = books.source
        and found.source_table = books.source_table

    where
        (books.first_at is null or books.first_at < {to_at:Timestamp})
        and (books.last_at is null or books.last_at >= {from_at:Timestamp})

    group by
        found.source_table,
        found.column_name

),

layers as (

    -- Most windows lost nothing, and then the evidence need not be looked through.
    select distinct source_table, layer
    from events
    where source_table in (select source_table from counted)

)

select
    counted.source_table,
    counted.column_name,
    layers.layer,
    counted.unreadable

from counted

left join layers on counted.source_table = layers.source_table

order by source_table, column_name, layer
