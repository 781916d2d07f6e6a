-- name:    correlate/reopen/round_lines
-- purpose: The requests that no trace, only agent, tool and arguments tie to the next round of the same
--          call, and until when that may come. Only a question makes rounds of a line.
-- readers: reopen/stirred_lines, also of the next correlation
-- grain:   one row per request
-- param:   idle_ms  bigint  ms  who answers later than this calls anew

select
    x_uuid(
        'round|' || server_id || '|' || tool_name || '|' || arguments_hash || '|'
        || coalesce(agent_id, caller_identity, mcp_session_id, '')
    ) as match_key,
    call_id as id,
    cast(x_us(started_at) as double) as at_us,
    1000.0 * (coalesce(gateway_latency_ms, server_latency_ms, 0.0) + {idle_ms:Bigint}) as reach_us,
    coalesce(result_type, '') = 'input_required' as is_decisive
from request_facts
where
    gateway_operation_id is null
    and arguments_hash is not null
    and server_id is not null
    and tool_name is not null
