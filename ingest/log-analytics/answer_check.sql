-- name:    ingest/answer_check
-- purpose: Whether an answer of Log Analytics has a list of rows, whether it says that it is partial, and how many rows it holds.
-- grain:   one row
-- column:  is_sound  boolean  -     JSON to its end, with a list of rows
-- column:  error     varchar  -     what the service says of a partial answer, as JSON; null when it is whole
-- column:  rows      bigint   rows  in the answer

select
    answer.tables[1].rows is not null as is_sound,
    cast(nullif(answer.error, 'null') as varchar) as error,
    coalesce(len(answer.tables[1].rows), 0) as rows

from opened
