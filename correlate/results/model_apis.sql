-- name:    correlate/results/model_apis
-- purpose: An API that is only ever used for models is no MCP endpoint, also where a request failed.
-- readers: results/auth_attempts, and the next correlation
-- grain:   one row per API

with

-- The few first: most APIs behind the gateway are MCP endpoints.
never_mcp as (

    select server_id
    from api_uses
    where is_asked_for_mcp is not null
    group by server_id
    having max(is_asked_for_mcp) = 0

),

their_requests as (

    select server_id, correlation_id
    from events
    where
        layer = 'gateway'
        and kind in ('request', 'call')
        and server_id in (select server_id from never_mcp)

),

model_requests as (

    select distinct correlation_id
    from events
    where layer = 'model' and correlation_id is not null

)

select distinct server_id
from their_requests
where correlation_id in (select correlation_id from model_requests)
