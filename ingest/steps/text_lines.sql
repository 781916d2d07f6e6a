-- name:    ingest/text_lines
-- purpose: The lines of the pieces of text that are looked at.
-- grain:   one row per line

with

split as (

    select
        piece_no,
        string_split(decode(text), chr(10)) as bodies

    from texts

    where piece_no between getvariable('first_piece') and getvariable('last_piece')

),

numbered as (

    select
        piece_no,
        unnest(bodies) as body,
        unnest(range(len(bodies))) as line_no

    from split

)

select
    record_id_of(piece_no, line_no) as record_id,
    body

from numbered
