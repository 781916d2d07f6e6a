-- name:    ingest/answer_opened
-- purpose: An answer of Log Analytics, parsed once; null where it is no JSON to its end. Cells stay the text that they are.
-- grain:   one row

create or replace temp table opened as

select
    try(json_transform(decode(body), '{"tables":[{"columns":[{"name":"VARCHAR"}],"rows":[["JSON"]]}],"error":"JSON"}')) as answer

from answer
