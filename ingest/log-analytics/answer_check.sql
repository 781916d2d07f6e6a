-- name:    ingest/answer_check
-- purpose: Whether an answer of Log Analytics is JSON to its end, whether it says that it is partial, and how many rows it holds.
-- grain:   one row
-- column:  is_sound  boolean  -     JSON, with a list of rows
-- column:  error     varchar  -     what the service says of a partial answer, as JSON; null when it is whole
-- column:  rows      bigint   rows  in the answer

with

decoded as (

    select try(decode(body)) as body

    from answer

),

valid as (

    select case when json_valid(body) then body end as body

    from decoded

)

select
    coalesce(json_type(body, '$.tables[0].rows') = 'ARRAY', false) as is_sound,
    cast(nullif(json_extract(body, '$.error'), 'null') as varchar) as error,
    coalesce(cast(json_array_length(body, '$.tables[0].rows') as bigint), 0) as rows

from valid
