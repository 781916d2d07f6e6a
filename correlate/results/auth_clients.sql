-- name:    correlate/results/auth_clients
-- purpose: The requests on which the gateway decided about authentication, with what the MCP log of the same request
--          knows of client and credential. Apart from the rest of each request, so that few columns are joined.
-- readers: results/auth_attempts
-- grain:   one row per request, and per call of an MCP log that tells of several alike

with

items as (

    select event.correlation_id, event.inbound_auth, event.client_name, slots.request_key
    from events as event
    left join gateway_slots as slots on event.event_id = slots.event_id
    where event.layer = 'gateway' and event.kind = 'call' and event.correlation_id is not null

),

mcp_rows as (

    select correlation_id, inbound_auth, client_name
    from items
    where request_key is null

    union all

    select correlation_id, min(inbound_auth) as inbound_auth, min(client_name) as client_name
    from items
    where request_key is not null
    group by correlation_id

),

requests as (

    select event.event_id, event.correlation_id
    from events as event
    inner join auth_requests on event.event_id = auth_requests.event_id

)

select requests.event_id, mcp_rows.inbound_auth, mcp_rows.client_name
from requests
left join mcp_rows on requests.correlation_id = mcp_rows.correlation_id
