-- name:    ingest/answer_lines
-- purpose: The rows of an answer of Log Analytics, each as the line of JSON that a file would bring. Values stay the text that
--          the service wrote: ticks, 64-bit integers and dynamic values lose nothing. What is null is left out.
-- param:   block_rows  bigint   rows   of a piece
-- column:  text        varchar  -      lines
-- column:  rows        bigint   rows   as many as there are lines
-- grain:   one row per block of rows

with

names as (

    select list_transform(answer.tables[1].columns, lambda named: cast(to_json(named.name) as varchar) || ':') as keys

    from opened

),

answer_rows as (

    select
        unnest(answer.tables[1].rows) as cells,
        unnest(range(len(answer.tables[1].rows))) as row_no

    from opened

),

lines as (

    select
        row_no,
        '{' || array_to_string(
            list_filter(
                list_transform(list_zip(names.keys, cells), lambda pair: pair[1] || nullif(cast(pair[2] as varchar), 'null')),
                lambda field: field is not null
            ),
            ','
        ) || '}' as line

    from answer_rows
    cross join names

)

select
    string_agg(line, chr(10) order by row_no) as text,
    count(*) as rows

from lines

group by row_no // {block_rows:Bigint}

order by min(row_no)
