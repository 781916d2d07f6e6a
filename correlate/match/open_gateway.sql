-- name:    correlate/match/open_gateway
-- purpose: The gateway calls that parentage alone did not match. However long they took, their server
--          began within the skew window or not at all.
-- readers: later rungs
-- grain:   one row per gateway call
-- param:   skew_ms  bigint  ms  how far apart clocks may be

select
    calls.gateway_id,
    calls.request_key,
    calls.operation_id,
    calls.tool_name,
    calls.rpc_request_id,
    calls.mcp_session_id,
    calls.agent_id,
    calls.known_server_id,
    calls.server_id,
    calls.at_us,
    case
        when calls.reach_us > 1000.0 * {skew_ms:Bigint} then 1000.0 * {skew_ms:Bigint}
        else calls.reach_us
    end as reach_us,
    calls.is_call,
    calls.is_forwarded
from gateway_calls as calls
left join matches on calls.gateway_id = matches.gateway_id
where matches.gateway_id is null
