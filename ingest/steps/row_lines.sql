-- name:    ingest/row_lines
-- purpose: The rows that are looked at, as lines of JSON.
-- grain:   one row per line

select
    record_id_of(piece_no, line_no) as record_id,
    object_text(getvariable('row_names'), cells) as body

from cell_rows

where piece_no between getvariable('first_piece') and getvariable('last_piece')
