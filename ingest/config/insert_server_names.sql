-- name:    ingest/config/insert_server_names
-- purpose: Stores the names that an inventory file gives to its servers.
-- grain:   one row per server and name
-- param:   origin  varchar  -  the file
-- param:   rows    varchar  -  JSON array of rows

insert into inventory_server_names by name
with

rows as (

    select unnest(
        from_json({rows:Varchar}, '[{"server_id": "VARCHAR", "name": "VARCHAR"}]'),
        recursive := true
    )

)

select distinct
    *,
    {origin:Varchar} as origin

from rows
