-- name:    correlate/match/pairs_by_last_attempt
-- purpose: A gateway request that was tried on the backend several times meets the last attempt: that
--          one's answer went to the client.
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

attempts as (

    select
        sure_servers.gateway_id,
        sure_servers.server_key,
        server.entry_key,
        server.at_us
    from sure_servers
    inner join open_gateway as gateway on sure_servers.gateway_id = gateway.gateway_id
    inner join open_server as server on sure_servers.server_key = server.server_key
    where gateway.is_call and server.entry_key is not null

),

retried as (

    select gateway_id, count(*) as candidates
    from attempts
    group by gateway_id
    having count(*) > 1 and count(*) = count(distinct entry_key)

)

select
    attempts.gateway_id,
    attempts.server_key,
    retried.candidates,
    cast(0.0 as double) as distance_us,
    1e15 as rival_us
from attempts
inner join retried on attempts.gateway_id = retried.gateway_id
qualify row_number() over (
    partition by attempts.gateway_id
    order by attempts.at_us desc, attempts.server_key desc
) = 1
