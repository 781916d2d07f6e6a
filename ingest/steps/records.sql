-- name:    ingest/records
-- purpose: The records that the source in turn reads, each as its keys (lower case) and its values.
-- grain:   one row per record

select
    flat.record_id,
    lower_all(json_keys(flat.body)) as k,
    present_all(json_extract_string(flat.body, '$.*')) as v,
    -- When the file was last written: the time of resources, which have none of their own.
    origins.observed_at

from flat
inner join origins on flat.origin = origins.origin
left join recognised on flat.record_id = recognised.record_id

where coalesce(flat.named_source, recognised.fields_source) = getvariable('source')
