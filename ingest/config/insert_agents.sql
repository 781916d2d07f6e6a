-- name:    ingest/config/insert_agents
-- purpose: Stores the agents that an inventory file gives.
-- grain:   one row per agent and validity
-- param:   origin  varchar  -  the file
-- param:   rows    varchar  -  JSON array of rows, in the file's order

insert into inventory_agents by name
with

rows as (

    select unnest(from_json({rows:Varchar}, '[{
        "position": "INTEGER",
        "agent_id": "VARCHAR",
        "agent_id_kind": "VARCHAR",
        "display_name": "VARCHAR",
        "owner": "VARCHAR",
        "environment": "VARCHAR",
        "cost_center": "VARCHAR",
        "approved": "BOOLEAN",
        "expires_at": "VARCHAR",
        "tags": "JSON",
        "valid_from": "VARCHAR",
        "valid_to": "VARCHAR"
    }]'), recursive := true)

)

select
    * replace (
        cast(expires_at as timestamptz) as expires_at,
        cast(valid_from as timestamptz) as valid_from,
        cast(valid_to as timestamptz) as valid_to
    ),
    {origin:Varchar} as origin

from rows
