-- name:    ingest/recognition
-- purpose: Names by which records tell whose they are, from the headers of the sources.
-- grain:   one row per name

create or replace temp table recognition as

select unnest(
    from_json(cast($rules as varchar), '[{"way":"VARCHAR","name":"VARCHAR","provider":"VARCHAR","source":"VARCHAR"}]'),
    recursive := true
)
