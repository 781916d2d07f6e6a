-- name:    ingest/records
-- purpose: The records of the batch that the source in turn reads.
-- grain:   one row per record

select
    flat.record_id,
    flat.k,
    flat.v

from flat
left join recognised on flat.record_id = recognised.record_id

where coalesce(flat.named_source, recognised.fields_source) = getvariable('source')
