-- name:    ingest/first_type
-- purpose: Which source reads the first of the lines that wait, where it names its table, and the keys of that line.
-- grain:   one row, or none

with

first_piece as (

    select decode(text) as text from texts where piece_no = getvariable('first_piece')

),

first_text as (

    select bag(case when contains(text, chr(10)) then substr(text, 1, strpos(text, chr(10)) - 1) else text end) as fields

    from first_piece

),

first_line as (

    select map_keys(fields) as field_names, map_values(fields) as field_values from first_text

    union all

    select getvariable('row_names'), cells from cell_rows where line_no = 0 and piece_no = (select min(piece_no) from cell_rows)

)

select
    recognition.source,
    recognition.name,
    to_json(first_line.field_names) as keys

from first_line
inner join recognition
    on recognition.way = 'type'
    and recognition.name = lower(coalesce(pick(first_line.field_names, first_line.field_values, 'Type'), pick(first_line.field_names, first_line.field_values, 'type')))

limit 1
