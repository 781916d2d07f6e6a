-- name:    ingest/config/insert_prices
-- purpose: Stores the prices that a file gives, already divided to one unit.
-- grain:   one row per price and validity
-- param:   origin  varchar  -  the file
-- param:   rows    varchar  -  JSON array of rows, in the file's order

insert into prices by name
with

rows as (

    select unnest(from_json({rows:Varchar}, '[{
        "position": "INTEGER",
        "meter": "VARCHAR",
        "name": "VARCHAR",
        "model": "VARCHAR",
        "server_id": "VARCHAR",
        "tool_pattern": "VARCHAR",
        "currency": "VARCHAR",
        "unit": "VARCHAR",
        "unit_price": "VARCHAR",
        "allocate_by": "VARCHAR",
        "valid_from": "VARCHAR",
        "valid_to": "VARCHAR"
    }]'), recursive := true)

)

select
    * replace (
        cast(unit_price as decimal(38, 12)) as unit_price,
        cast(valid_from as timestamptz) as valid_from,
        cast(valid_to as timestamptz) as valid_to
    ),
    {origin:Varchar} as origin

from rows
