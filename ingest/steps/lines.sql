-- name:    ingest/lines
-- purpose: The lines of the pieces of text that are looked at. A record's id holds its piece, its line in that, and 30 bits
--          for what is inside the line.
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
    ((cast(piece_no as bigint) << 16) + line_no) << 30 as record_id,
    body

from numbered
