-- name:    ingest/bags
-- purpose: What is looked at, read as keys and values. A text that is no JSON fails.
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

union all

select
    record_id_of(piece_no, line_no) as record_id,
    getvariable('row_names') as field_names,
    cells as field_values

from cell_rows

where piece_no between getvariable('first_piece') and getvariable('last_piece')
