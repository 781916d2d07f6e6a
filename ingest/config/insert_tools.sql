-- name:    ingest/config/insert_tools
-- purpose: Stores the tools that an inventory file classifies.
-- grain:   one row per tool pattern and validity
-- param:   origin  varchar  -  the file
-- param:   rows    varchar  -  JSON array of rows, in the file's order

insert into inventory_tools by name
with

rows as (

    select unnest(from_json({rows:Varchar}, '[{
        "position": "INTEGER",
        "server_id": "VARCHAR",
        "tool_pattern": "VARCHAR",
        "tool_class": "VARCHAR",
        "approval": "VARCHAR",
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
