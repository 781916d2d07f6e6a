-- name:    correlate/match/pairs_by_only_trace
-- purpose: Pairs where a trace holds one unmatched call on each side; their clocks need not agree.
-- readers: later steps
-- grain:   one row per pair

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

select gateways.gateway_id, servers.server_key, cast(1 as bigint) as candidates
from gateways
inner join servers on gateways.operation_id = servers.operation_id
inner join open_gateway as gateway on gateways.gateway_id = gateway.gateway_id
inner join open_server as server on servers.server_key = server.server_key
where
    (gateway.is_call or server.is_call)
    and coalesce(gateway.tool_name = server.tool_name, true)
