-- name:    ingest/first_records
-- purpose: The records of the table that the first line names, as far as they name it too. Most files
--          hold nothing else, and what names its table need not be looked at before it is read. An
--          envelope, and what names no table or another, goes the long way.
-- grain:   one row per record

select
    record_id,
    -- Nearly all records have the keys of the first one, and need not be looked at key by key.
    case when field_names = getvariable('first_names') then getvariable('first_keys') else lower_all(field_names) end as k,
    present_all(field_values) as v

from bags

where
    lower(coalesce(pick(field_names, field_values, 'Type'), pick(field_names, field_values, 'type'))) = getvariable('first_type')
    and not list_contains(field_names, 'records')
    and not list_contains(field_names, 'resourceSpans')
    and not list_contains(field_names, 'resourceLogs')
    and not list_contains(field_names, 'resourceMetrics')
    and not list_contains(field_names, 'tables')
    and not list_contains(field_names, 'value')
