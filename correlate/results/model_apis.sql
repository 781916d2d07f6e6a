-- name:    correlate/results/model_apis
-- purpose: An API that is only ever used for models is no MCP endpoint, also where a request failed.
-- readers: results/auth_attempts, and the next correlation
-- grain:   one row per API

with

model_requests as (

    select distinct correlation_id
    from events
    where layer = 'model' and correlation_id is not null

)

select event.server_id
from events as event
left join model_requests on event.correlation_id = model_requests.correlation_id
where event.layer = 'gateway' and event.kind in ('request', 'call') and event.server_id is not null
group by event.server_id
having
    countIf(model_requests.correlation_id is not null) > 0
    and countIf(event.mcp_method is not null or event.tool_name is not null or event.kind = 'call') = 0
