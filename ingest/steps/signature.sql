-- name:    ingest/signature
-- purpose: Sets of fields by which records that name nothing are told, from the headers of the sources.
-- grain:   one row per set

create or replace temp table signature as

select unnest(
    from_json(cast($signatures as varchar), '[{"source":"VARCHAR","fields":["VARCHAR"],"rank":"BIGINT"}]'),
    recursive := true
)
