-- name:    ingest/text_bags
-- purpose: The text that is looked at, read as keys and values. A text that is no JSON fails.
-- grain:   one row per record

with

bagged as (

    select
        record_id,
        sound_bag(body) as fields

    from text_lines

    -- Keeps conditions on the fields from being checked here, where each would read the text again.
    limit 1_000_000_000

)

select
    record_id,
    map_keys(fields) as field_names,
    map_values(fields) as field_values

from bagged
