-- name:    correlate/match/companions
-- purpose: Server calls left over whose gateway request is another call's already: earlier attempts of
--          that call, or further items of a batch that the gateway logged only as one request.
-- readers: later steps
-- grain:   one row per such server call

select
    server.server_key,
    min(matches.gateway_id) as gateway_id,
    min(case when gateway.is_call then 'attempt' else 'item' end) as companion
from open_server as server
inner join parents on server.server_key = parents.server_key
inner join matches on parents.gateway_id = matches.gateway_id
inner join gateway_calls as gateway on matches.gateway_id = gateway.gateway_id
inner join server_calls as chosen on matches.server_key = chosen.server_key
where
    parents.is_possible
    and server.is_call
    -- Several records in the one request of a single logged call are calls the gateway did not see.
    and (not gateway.is_call or coalesce(chosen.request_event_id <> server.request_event_id, false))
group by server.server_key
