-- name:    bench/quality/judged
-- purpose: The calls that correlation told, each with the true call of its gateway row and the true call
--          of its server row. Items of a batch share their ids: the JSON-RPC id tells them apart.
-- grain:   one row per call that was told
create or replace temp table judged as
with
gateway_truths as (
    select call, unnest(gateway_correlation_ids) as correlation_id, rpc_request_id from truths
),
server_truths as (
    select call, unnest(server_span_ids) as span_id, rpc_request_id from truths
),
by_gateway as (
    select told.call_id, gateway_truths.call
    from correlated_calls as told
    inner join gateway_truths on told.correlation_id = gateway_truths.correlation_id
    inner join events on told.gateway_event_id = events.event_id
    where coalesce(gateway_truths.rpc_request_id = events.rpc_request_id, gateway_truths.rpc_request_id is null)
),
by_server as (
    select told.call_id, server_truths.call
    from correlated_calls as told
    inner join server_truths on told.server_span_id = server_truths.span_id
    inner join events on told.server_event_id = events.event_id
    where coalesce(server_truths.rpc_request_id = events.rpc_request_id, server_truths.rpc_request_id is null)
)
select
    told.call_id,
    told.match_rung,
    told.match_confidence,
    told.match_candidates,
    told.match_basis,
    told.match_choice,
    by_gateway.call as gateway_call,
    by_server.call as server_call
from correlated_calls as told
left join by_gateway on told.call_id = by_gateway.call_id
left join by_server on told.call_id = by_server.call_id
