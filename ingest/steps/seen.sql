-- name:    ingest/seen
-- purpose: Every record of the batch, with why it cannot be used where it cannot; only then its text.
-- grain:   one row per record

with

mapped_records as (

    select
        record_id,
        any_value(source_table) as source_table,
        min(reject_reason) as reject_reason,
        min(exclude_reason) as exclude_reason

    from mapped

    group by record_id

),

judged as (

    select
        flat.record_id,
        flat.record_path,
        flat.body,
        coalesce(mapped_records.source_table, '') as source_table,
        coalesce(recognised.exclude_reason, mapped_records.exclude_reason) as exclude_reason,
        coalesce(
            recognised.reject_reason,
            mapped_records.reject_reason,
            case when mapped_records.record_id is null and recognised.exclude_reason is null then 'its source gave no row for it' end
        ) as reject_reason

    from flat
    left join recognised on flat.record_id = recognised.record_id
    left join mapped_records on flat.record_id = mapped_records.record_id

)

select
    record_id,
    source_table,
    exclude_reason,
    case when exclude_reason is null then reject_reason end as reject_reason,
    case when exclude_reason is null and reject_reason is not null then record_path end as record_path,
    case when exclude_reason is null and reject_reason is not null then body end as body

from judged
