-- name:    ingest/lines
-- purpose: A piece of text, one JSON value a line, as rows. `line_no` goes through from piece to piece
--          and leaves room, in record_id, for the records inside one value.
-- grain:   one row per line

with

split as (

    select string_split(decode(cast($text as blob)), chr(10)) as lines

),

numbered as (

    select
        unnest(lines) as body,
        unnest(range(len(lines))) as offset_no

    from split

)

select
    (cast($first_line as bigint) + offset_no) << 30 as record_id,
    cast($origin as integer) as origin,
    cast($first_no as bigint) + offset_no as record_no,
    cast(null as varchar) as record_path,
    body

from numbered
