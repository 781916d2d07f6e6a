-- name:    ingest/first_records
-- purpose: The records of the table that the first line names, as far as they name it too. Most files
--          hold nothing else, and what names its table need not be looked at before it is read. An
--          envelope, and what names no table or another, goes the long way.
-- grain:   one row per record

with

bagged as (

    select
        record_id,
        sound_bag(body) as fields

    from lines

    -- Keeps the conditions below from being checked here, where each would read the text again.
    limit 1_000_000_000

),

opened as (

    select
        record_id,
        map_keys(fields) as field_names,
        map_values(fields) as field_values

    from bagged

)

select
    opened.record_id,
    -- Nearly all records have the keys of the first one, and need not be looked at key by key.
    case when opened.field_names = getvariable('first_names') then getvariable('first_keys') else lower_all(opened.field_names) end as k,
    present_all(opened.field_values) as v

from opened

where
    lower(coalesce(pick(opened.field_names, opened.field_values, 'Type'), pick(opened.field_names, opened.field_values, 'type'))) = getvariable('first_type')
    and not list_contains(opened.field_names, 'records')
    and not list_contains(opened.field_names, 'resourceSpans')
    and not list_contains(opened.field_names, 'resourceLogs')
    and not list_contains(opened.field_names, 'resourceMetrics')
    and not list_contains(opened.field_names, 'tables')
    and not list_contains(opened.field_names, 'value')
