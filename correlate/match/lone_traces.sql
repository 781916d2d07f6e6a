-- name:    correlate/match/lone_traces
-- purpose: Traces that hold one open call on each side. Most of these are one call; where a record of
--          each side is lost they may be two, and only the clocks can tell.
-- readers: later steps
-- grain:   one row per trace

with

gateways as (

    select operation_id, min(gateway_id) as gateway_id
    from open_gateway
    where operation_id is not null and is_forwarded
    group by operation_id
    having count(*) = 1

),

servers as (

    select operation_id, min(server_key) as server_key
    from open_server
    where operation_id is not null
    group by operation_id
    having count(*) = 1

)

select
    gateways.gateway_id,
    servers.server_key,
    gateway.reach_us,
    coalesce(server.known_server_id, server.server_id, '') as offset_server_id,
    x_div(server.at_us, 3600000000) as hour_no,
    cast(server.at_us - gateway.at_us as double) as difference_us
from gateways
inner join servers on gateways.operation_id = servers.operation_id
inner join open_gateway as gateway on gateways.gateway_id = gateway.gateway_id
inner join open_server as server on servers.server_key = server.server_key
where
    (gateway.is_call or server.is_call)
    and coalesce(gateway.tool_name = server.tool_name, true)
    and coalesce(gateway.rpc_request_id = server.rpc_request_id, true)
