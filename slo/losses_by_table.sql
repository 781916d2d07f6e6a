-- name:    slo/losses_by_table
-- purpose: Records of a window that were received, could not be used as they are, and have not come again since.
-- readers: SRE
-- grain:   one row per source table that lost records and layer it feeds
-- uses:    soc/relations/read_again
-- param:   from_at            timestamptz  UTC      window start, inclusive
-- param:   to_at              timestamptz  UTC      window end, exclusive
-- column:  source_table       varchar      -        '' for records that were not recognised
-- column:  layer              varchar      -        layer its events are in; null when it has none
-- column:  rejected_records   bigint       records  set aside
-- column:  truncated_records  bigint       records  stored, but cut by their sender

with

lossy_batches as (

    select
        books.source_table,
        case when read_again.source is null then books.rejected else 0 end as rejected,
        books.truncated

    from ingest_batches as books

    left join read_again
        on books.batch_id = read_again.batch_id
        and books.source = read_again.source

    -- A batch without times may have lost records of any time.
    where
        ((books.rejected > 0 and read_again.source is null) or books.truncated > 0)
        and (first_at is null or first_at < {to_at:Timestamp})
        and (last_at is null or last_at >= {from_at:Timestamp})

),

losses as (

    select
        source_table,
        cast(sum(rejected) as bigint) as rejected_records,
        cast(sum(truncated) as bigint) as truncated_records

    from lossy_batches

    group by source_table

),

layers as (

    -- Most windows lost nothing, and then the evidence need not be looked through.
    select distinct source_table, layer
    from events
    where source_table in (select source_table from losses)

)

select
    losses.source_table,
    layers.layer,
    losses.rejected_records,
    losses.truncated_records

from losses

left join layers on losses.source_table = layers.source_table

order by source_table, layer
