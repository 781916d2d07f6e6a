-- name:    correlate/results/model_apis
-- purpose: An API that is only ever used for models is no MCP endpoint, also where a request failed.
-- readers: results/auth_attempts, and the next correlation
-- grain:   one row per API

with

model_requests as (

    select distinct correlation_id
    from events
    where layer = 'model' and correlation_id is not null

),

used_for_models as (

    select distinct server_id
    from events
    where
        layer = 'gateway'
        and kind in ('request', 'call')
        and server_id is not null
        and correlation_id in (select correlation_id from model_requests)

),

used_for_mcp as (

    select distinct server_id
    from events
    where
        layer = 'gateway'
        and kind in ('request', 'call')
        and server_id in (select server_id from used_for_models)
        and (mcp_method is not null or tool_name is not null or kind = 'call')

)

select used_for_models.server_id
from used_for_models
anti join used_for_mcp on used_for_models.server_id = used_for_mcp.server_id
