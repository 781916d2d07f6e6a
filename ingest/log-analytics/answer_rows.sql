-- name:    ingest/answer_rows
-- purpose: The rows of an answer of Log Analytics, cell by cell. Values stay the text that the service wrote: ticks, 64-bit
--          integers and dynamic values lose nothing.
-- grain:   one row per row of the answer
-- column:  row_no  bigint     -  from 0
-- column:  cells   varchar[]  -  one for each column

with

opened as (

    select json_transform(decode(body), '{"tables":[{"rows":[["VARCHAR"]]}]}').tables[1].rows as table_rows

    from answer

)

select
    unnest(range(len(table_rows))) as row_no,
    unnest(table_rows) as cells

from opened
