-- name:    ingest/no_records
-- purpose: The columns of `flat` before the first batch, for the views that rest on it.

select
    cast(null as bigint) as record_id,
    cast(null as varchar) as record_path,
    cast(null as varchar) as body,
    cast(null as varchar) as json_kind,
    cast(null as varchar) as named_source,
    cast(null as boolean) as is_wrapped

where false
