-- name:    ingest/lines
-- purpose: A batch of text, one JSON value a line, as rows.
-- grain:   one row per line that is not blank

with

split as (

    select string_split(cast($text as varchar), chr(10)) as lines

),

numbered as (

    select
        unnest(lines) as body,
        unnest(range(len(lines))) + cast($first_no as bigint) as record_no

    from split

)

select
    -- Leaves room for the records inside one value; the number of the value is record_id >> 24.
    record_no << 24 as record_id,
    cast(null as varchar) as record_path,
    body

from numbered

-- Looks at the beginning of long lines only: trimming copies them.
where length(trim(substr(body, 1, 64), chr(13) || chr(9) || ' ')) > 0 or (length(body) > 64 and length(trim(body, chr(13) || chr(9) || ' ')) > 0)
