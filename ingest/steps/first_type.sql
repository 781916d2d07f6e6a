-- name:    ingest/first_type
-- purpose: Which source reads the first of the lines that wait, where it names its table or, as a stream does, a
--          category; and the keys of that line.
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

),

named as (

    select
        field_names,
        type_name_in(field_names, field_values) as type_name,
        category_name_in(field_names, field_values) as category_name,
        origin_text_in(field_names, field_values) as origin_text

    from first_line

)

select
    recognition.source,
    recognition.way,
    recognition.name,
    recognition.provider,
    to_json(named.field_names) as keys

from named
inner join recognition
    on (recognition.way = 'type' and recognition.name = named.type_name)
    or (
        recognition.way = 'category'
        and named.type_name is null
        and recognition.name = named.category_name
        and contains(named.origin_text, recognition.provider)
    )

limit 1
