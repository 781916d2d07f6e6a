-- name:    correlate/results/trace_sessions
-- purpose: The trace as the session of calls that declare none: the one that the client sent, as the gateway
--          logged it. A trace that only the server knows may be one that it began for this request alone,
--          so that it counts where several calls share it.
-- readers: results/inferred_sessions, results/correlated_calls
-- grain:   one row per call whose session is a trace

with

traced as (

    select
        call_id,
        operation_id,
        gateway_operation_id,
        count(*) over (partition by operation_id) as calls
    from call_facts
    where mcp_session_id is null and conversation_id is null and operation_id is not null

)

select call_id, coalesce(gateway_operation_id, operation_id) as session_key
from traced
where gateway_operation_id is not null or calls > 1
