-- name:    ingest/row_bags
-- purpose: The rows that are looked at, which came as keys and values.
-- grain:   one row per record

select
    record_id_of(piece_no, line_no) as record_id,
    getvariable('row_names') as field_names,
    cells as field_values

from cell_rows

where piece_no between getvariable('first_piece') and getvariable('last_piece')
