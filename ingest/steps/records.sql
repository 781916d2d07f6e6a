-- name:    ingest/records
-- purpose: The records that the source in turn reads, each as its keys (lower case) and its values.
-- grain:   one row per record

with

opened as (

    select
        flat.record_id,
        bag(flat.body) as fields

    from flat
    left join recognised on flat.record_id = recognised.record_id

    where coalesce(flat.named_source, recognised.fields_source) = getvariable('source')

)

select
    opened.record_id,
    lower_all(map_keys(opened.fields)) as k,
    present_all(map_values(opened.fields)) as v

from opened
