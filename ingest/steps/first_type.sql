-- name:    ingest/first_type
-- purpose: Which source reads the first of the lines that wait, where it names its table, and the keys of that line.
-- grain:   one row, or none

with

first_piece as (

    select decode(text) as text from texts order by piece_no limit 1

),

first_line as (

    select bag(case when contains(text, chr(10)) then substr(text, 1, strpos(text, chr(10)) - 1) else text end) as fields

    from first_piece

)

select
    recognition.source,
    recognition.name,
    to_json(map_keys(first_line.fields)) as keys

from first_line
inner join recognition
    on recognition.way = 'type'
    and recognition.name = lower(coalesce(first_line.fields['Type'], first_line.fields['type']))
