-- name:    ingest/config/insert_servers
-- purpose: Stores the servers that an inventory file gives.
-- grain:   one row per server and validity
-- param:   origin  varchar  -  the file
-- param:   rows    varchar  -  JSON array of rows, in the file's order

insert into inventory_servers by name
with

rows as (

    select unnest(from_json({rows:Varchar}, '[{
        "position": "INTEGER",
        "server_id": "VARCHAR",
        "owner": "VARCHAR",
        "environment": "VARCHAR",
        "region": "VARCHAR",
        "approved": "BOOLEAN",
        "cost_center": "VARCHAR",
        "valid_from": "VARCHAR",
        "valid_to": "VARCHAR"
    }]'), recursive := true)

)

select
    * replace (
        cast(valid_from as timestamptz) as valid_from,
        cast(valid_to as timestamptz) as valid_to
    ),
    {origin:Varchar} as origin

from rows
