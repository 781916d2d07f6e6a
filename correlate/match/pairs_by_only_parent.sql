-- name:    correlate/match/pairs_by_only_parent
-- purpose: Pairs by span parentage where neither side has another choice.
-- readers: later steps
-- grain:   one row per pair

with

sure_servers as (

    select server_key, min(gateway_id) as gateway_id
    from parents
    where is_possible
    group by server_key
    having count(*) = 1

),

sure_gateways as (

    select gateway_id
    from parents
    where is_possible
    group by gateway_id
    having count(*) = 1

)

select
    sure_servers.gateway_id,
    sure_servers.server_key,
    cast(1 as bigint) as candidates,
    cast(0.0 as double) as distance_us,
    1e15 as rival_us
from sure_servers
inner join sure_gateways on sure_servers.gateway_id = sure_gateways.gateway_id
