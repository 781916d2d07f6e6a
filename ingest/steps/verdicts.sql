-- name:    ingest/verdicts
-- purpose: What became of each record: stored, duplicate, rejected or excluded.
-- grain:   one row per record

with

mapped_records as (

    select
        record_id,
        any_value(source_table) as source_table,
        min(reject_reason) as reject_reason,
        min(exclude_reason) as exclude_reason

    from evidence

    group by record_id

),

new_records as (

    select
        winners.record_id,
        max(winners.weight) as weight,
        bool_or(winners.is_truncated) as is_truncated,
        min(winners.occurred_at) as first_at,
        max(winners.occurred_at) as last_at

    from winners
    anti join known on winners.event_id = known.event_id

    group by winners.record_id

),

judged as (

    select
        flat.record_id,
        flat.record_id >> 24 as record_no,
        flat.record_path,
        coalesce(mapped_records.source_table, '') as source_table,
        coalesce(recognised.reject_reason, mapped_records.reject_reason, case when recognised.exclude_reason is null and mapped_records.record_id is null then 'its source gave no row for it' end) as reject_reason,
        coalesce(recognised.exclude_reason, mapped_records.exclude_reason) as exclude_reason,
        new_records.record_id is not null as is_new,
        coalesce(new_records.weight, 1) as weight,
        coalesce(new_records.is_truncated, false) as is_truncated,
        new_records.first_at,
        new_records.last_at

    from flat
    left join recognised on flat.record_id = recognised.record_id
    left join mapped_records on flat.record_id = mapped_records.record_id
    left join new_records on flat.record_id = new_records.record_id

)

select
    * exclude (is_new),
    case
        when exclude_reason is not null then 'excluded'
        when reject_reason is not null then 'rejected'
        when is_new then 'stored'
        else 'duplicate'
    end as verdict

from judged
