-- name:    ingest/first_records
-- purpose: The records of the table that the first line names, as far as they name it too, by type or by category.
--          Most files and streams hold nothing else, and what names its table need not be looked at before it is read.
--          An envelope, and what names no table or another, goes the long way.
-- grain:   one row per record

select
    record_id,
    -- Nearly all records have the keys of the first one, and need not be looked at key by key.
    case when field_names = getvariable('first_names') then getvariable('first_keys') else lower_all(field_names) end as k,
    present_all(field_values) as v

from bags

where
    case getvariable('first_way')
        when 'type' then type_name_in(field_names, field_values) = getvariable('first_name')
        else type_name_in(field_names, field_values) is null
            and category_name_in(field_names, field_values) = getvariable('first_name')
            and contains(origin_text_in(field_names, field_values), getvariable('first_provider'))
    end
    and not list_contains(field_names, 'records')
    and not list_contains(field_names, 'resourceSpans')
    and not list_contains(field_names, 'resourceLogs')
    and not list_contains(field_names, 'resourceMetrics')
    and not list_contains(field_names, 'tables')
    and not list_contains(field_names, 'value')
