-- name:    bench/quality/truths
-- purpose: The true calls with the records that belong to them, as the simulation wrote them.
-- grain:   one row per true call
-- param:   path  varchar  -  ground_truth.ndjson
create or replace temp table truths as
select
    call,
    gateway_correlation_ids,
    server_span_ids,
    rpc_request_id,
    decidable,
    decided,
    rivals,
    faults,
    len(gateway_correlation_ids) > 0 as has_gateway,
    len(server_span_ids) > 0 as has_server
from read_json($path, columns = {
    call: 'BIGINT',
    gateway_correlation_ids: 'VARCHAR[]',
    server_span_ids: 'VARCHAR[]',
    rpc_request_id: 'VARCHAR',
    decidable: 'VARCHAR',
    decided: 'BOOLEAN',
    rivals: 'BIGINT',
    faults: 'VARCHAR[]'
})
