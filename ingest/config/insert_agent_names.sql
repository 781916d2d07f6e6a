-- name:    ingest/config/insert_agent_names
-- purpose: Stores the names that an inventory file gives to its agents.
-- grain:   one row per agent and name
-- param:   origin  varchar  -  the file
-- param:   rows    varchar  -  JSON array of rows

insert into inventory_agent_names by name
with

rows as (

    select unnest(
        from_json({rows:Varchar}, '[{"agent_id": "VARCHAR", "name": "VARCHAR"}]'),
        recursive := true
    )

)

select distinct
    *,
    {origin:Varchar} as origin

from rows
