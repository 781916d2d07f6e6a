-- name:    ingest/first_type
-- purpose: Which source reads the first of the lines that wait, where it names its table.
-- grain:   one row, or none

with

first_line as (

    select lower(coalesce(bag(body)['Type'], bag(body)['type'])) as type_name

    from pending_0

    order by record_id

    limit 1

)

select
    recognition.source,
    recognition.name

from first_line
inner join recognition on recognition.way = 'type' and recognition.name = first_line.type_name
