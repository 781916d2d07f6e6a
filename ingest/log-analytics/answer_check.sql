-- name:    ingest/answer_check
-- purpose: Whether an answer of Log Analytics has a list of rows, whether it says that it is partial, and what its rows are.
-- grain:   one row
-- column:  is_sound  boolean    -     JSON to its end, with a list of rows
-- column:  error     varchar    -     what the service says of a partial answer, as JSON; null when it is whole
-- column:  names     varchar[]  -     of the columns
-- column:  rows      bigint     rows  in the answer

with

looked_at as (

    -- Of the rows only that they are lists: what is in them is read when they are taken.
    select try(json_transform(decode(body), '{"tables":[{"columns":[{"name":"VARCHAR"}],"rows":["BOOLEAN"]}],"error":"JSON"}')) as answer

    from answer

)

select
    answer.tables[1].rows is not null and answer.tables[1].columns is not null as is_sound,
    cast(nullif(answer.error, 'null') as varchar) as error,
    list_transform(answer.tables[1].columns, lambda each_column: each_column.name) as names,
    coalesce(len(answer.tables[1].rows), 0) as rows

from looked_at
