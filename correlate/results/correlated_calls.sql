-- name:    correlate/results/correlated_calls
-- purpose: One row per MCP tools/call.
-- readers: everybody
-- grain:   one row per call
-- table:   correlated_calls

select
    calls.call_id,
    calls.started_at as "timestamp",
    calls.agent_id,
    calls.agent_id_source,
    coalesce(agents_known.agent_id_kind, calls.agent_id_kind) as agent_id_kind,
    calls.agent_id_source = 'token' as agent_id_verified,
    calls.server_id,
    calls.tool_name,
    calls.mcp_session_id,
    calls.caller_identity,
    calls.downstream_resource,
    calls.authorization_mode,
    coalesce(calls.approval_required, approvals.approval_required) as evidence_approval_required,
    calls.final_approval_result as evidence_approval_result,
    coalesce(calls.gateway_latency_ms, calls.server_latency_ms) + coalesce(calls.between_ms, 0.0) as latency_ms,
    coalesce(
        case when calls.tool_outcome = 'error' then 'tool_error' end,
        x_text(calls.rpc_error_code),
        calls.gateway_error_type,
        x_text(calls.http_status),
        calls.server_result_code,
        calls.server_error_type
    ) as result_code,
    calls.gateway_id is not null as gateway_seen,
    calls.server_key is not null as server_seen,
    calls.rung as match_rung,
    calls.confidence as match_confidence,
    calls.candidates as match_candidates,
    calls.basis as match_basis,
    calls.choice as match_choice,
    calls.gap_ms as match_gap_ms,
    calls.margin_ms as match_margin_ms,
    calls.gateway_id as gateway_event_id,
    calls.server_key as server_event_id,
    members.event_ids,
    coalesce(
        names.session_key,
        calls.mcp_session_id,
        calls.conversation_id,
        traces.session_key,
        inferred.session_key
    ) as session_key,
    case
        when calls.mcp_session_id is not null then 'declared'
        when calls.conversation_id is not null then 'conversation'
        when traces.session_key is not null then 'trace'
        when inferred.session_key is not null then 'inferred'
    end as session_source,
    calls.transport_outcome,
    calls.protocol_outcome,
    calls.tool_outcome,
    calls.outcome,
    calls.failure_layer,
    calls.gateway_at,
    calls.server_at,
    -- The gateway's request began with the first try, the server's fields are the last one's.
    coalesce(
        cast(tries.tried_us - x_us(calls.gateway_at) as double) / 1000.0,
        x_ms_between(calls.gateway_at, calls.server_at)
    ) as clock_skew_ms,
    calls.gateway_latency_ms,
    calls.server_latency_ms,
    case
        when not calls.is_latency_shared
            then calls.gateway_latency_ms - coalesce(
                calls.server_latency_ms + case when tries.call_id is null then 0.0 else tries.latency_ms end,
                calls.gateway_backend_latency_ms
            )
    end as gateway_overhead_ms,
    coalesce(round_waits.wait_ms, calls.approval_wait_ms, approvals.approval_wait_ms) as approval_wait_ms,
    coalesce(calls.approval_id, approvals.approval_id) as approval_id,
    approvals.approval_requested_at,
    approvals.approval_decided_at,
    approvals.approval_expires_at,
    cast(uses.approval_uses as bigint) as approval_uses,
    calls.rounds,
    calls.executed,
    -- A decision inside of the call delays the tool by the wait, which begins with the question; waits
    -- are logged in whole milliseconds. Without the wait nobody knows when the tool began.
    case
        when not coalesce(calls.executed, false) then null
        when approvals.approval_decided_at <= calls.server_at or approvals.approval_decided_at is null
            then calls.server_at
        when x_ms_between(calls.server_at, approvals.approval_decided_at) > calls.server_latency_ms
            then calls.server_at
        when coalesce(calls.approval_wait_ms, approvals.approval_wait_ms) + 1
            >= x_ms_between(greatest(calls.server_at, coalesce(approvals.approval_requested_at, calls.server_at)), approvals.approval_decided_at)
            then approvals.approval_decided_at
        when coalesce(calls.approval_wait_ms, approvals.approval_wait_ms) is not null
            then x_add_ms(
                greatest(calls.server_at, coalesce(approvals.approval_requested_at, calls.server_at)),
                coalesce(calls.approval_wait_ms, approvals.approval_wait_ms)
            )
    end as execution_started_at,
    calls.server_version,
    calls.http_status,
    calls.rpc_error_code,
    coalesce(calls.gateway_error_type, calls.server_error_type) as error_type,
    calls.weight,
    calls.is_sampled,
    calls.operation_id,
    calls.correlation_id,
    calls.server_span_id,
    calls.client_name,
    calls.caller_ip,
    calls.region,
    calls.subscription_id,
    calls.conversation_id,
    calls.arguments_hash,
    calls.other_agent_id
from call_outcomes as calls
inner join call_event_ids as members on calls.call_id = members.call_id
left join call_approvals as approvals on calls.call_id = approvals.call_id
left join approval_uses as uses on calls.call_id = uses.call_id
left join round_waits on calls.call_id = round_waits.call_id
left join earlier_tries as tries on calls.call_id = tries.call_id
left join session_names as names on calls.mcp_session_id = names.alias
left join trace_sessions as traces on calls.call_id = traces.call_id
left join inferred_sessions as inferred on calls.call_id = inferred.call_id
left join known_agents as agents_known on calls.agent_id = agents_known.agent_id
