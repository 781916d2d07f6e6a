-- A call of which somebody decided while it ran has no known active latency; and the other agent that it names is shown.

create or replace view tool_calls as
select
    call.call_id,
    call."timestamp",
    call.agent_id,
    call.server_id,
    call.tool_name,
    call.mcp_session_id,
    call.caller_identity,
    call.downstream_resource,
    call.authorization_mode,
    -- Required when the inventory or the evidence says so; NULL when neither says anything.
    case
        when tool.approval = 'required' or call.evidence_approval_required then true
        when tool.approval = 'not_required' or not call.evidence_approval_required then false
    end as approval_required,
    coalesce(
        call.evidence_approval_result,
        case
            when coalesce(tool.approval, '') <> 'required'
                and (tool.approval = 'not_required' or not call.evidence_approval_required)
                then 'not_required'
        end
    ) as approval_result,
    call.latency_ms,
    call.result_code,
    call.agent_id_source,
    call.agent_id_kind,
    call.agent_id_verified,
    call.gateway_seen,
    call.server_seen,
    call.match_rung,
    call.match_confidence,
    call.match_candidates,
    call.match_basis,
    call.match_choice,
    call.match_gap_ms,
    call.match_margin_ms,
    call.event_ids,
    call.session_key,
    call.session_source,
    call.transport_outcome,
    call.protocol_outcome,
    call.tool_outcome,
    call.outcome,
    call.failure_layer,
    call.gateway_at,
    call.server_at,
    call.clock_skew_ms,
    call.gateway_latency_ms,
    call.server_latency_ms,
    call.gateway_overhead_ms,
    call.approval_wait_ms,
    -- Latency without human approval; NULL where its wait is not known: one was needed, or a decision came
    -- while the call ran, by the gateway's clock or the server's. What nobody had to approve waits for nobody.
    case
        when call.approval_wait_ms is not null then call.latency_ms - call.approval_wait_ms
        when tool.approval = 'required' or call.evidence_approval_required then null
        when not call.evidence_approval_required then call.latency_ms
        when call.approval_decided_at > call."timestamp"
            and epoch_us(call.approval_decided_at) <= epoch_us(call."timestamp") + 1000.0 * call.latency_ms
            then null
        when call.approval_decided_at > call.server_at
            and epoch_us(call.approval_decided_at) <= epoch_us(call.server_at) + 1000.0 * call.server_latency_ms
            then null
        else call.latency_ms
    end as active_latency_ms,
    call.approval_id,
    call.approval_requested_at,
    call.approval_decided_at,
    call.approval_expires_at,
    call.approval_uses,
    call.evidence_approval_required,
    tool.approval as inventory_approval,
    call.rounds,
    call.executed,
    call.execution_started_at,
    call.server_version,
    call.http_status,
    call.rpc_error_code,
    call.error_type,
    coalesce(tool.tool_class, 'unclassified') as tool_class,
    server.environment,
    -- Azure writes one region as 'West Europe' and as 'westeurope': its short name can be compared.
    server.short_region as server_region,
    lower(replace(call.region, ' ', '')) as gateway_region,
    agent.display_name as agent_name,
    agent.owner as agent_owner,
    server.owner as server_owner,
    coalesce(agent.cost_center, server.cost_center) as cost_center,
    concat_ws(
        ',',
        case when call.agent_id is null then 'agent_id' end,
        case when call.server_id is null then 'server_id' end,
        case when call.tool_name is null then 'tool_name' end,
        case when call.mcp_session_id is null then 'mcp_session_id' end,
        case when call.caller_identity is null then 'caller_identity' end,
        case when call.downstream_resource is null then 'downstream_resource' end,
        case when call.authorization_mode is null then 'authorization_mode' end,
        case
            when tool.approval is null and call.evidence_approval_required is null
                then 'approval_required'
        end,
        case
            when call.evidence_approval_result is null
                and (
                    coalesce(tool.approval, '') = 'required'
                    or coalesce(call.evidence_approval_required, tool.approval is null)
                )
                then 'approval_result'
        end,
        case when call.latency_ms is null then 'latency_ms' end,
        case when call.result_code is null then 'result_code' end
    ) as missing_fields,
    call.weight,
    call.is_sampled,
    call.operation_id,
    call.correlation_id,
    call.server_span_id,
    call.client_name,
    call.caller_ip,
    call.subscription_id,
    call.conversation_id,
    call.arguments_hash,
    -- The agent that the other side named, where gateway and server name two; agent_id is the one that counts.
    call.other_agent_id
from correlated_calls as call
left join tools as tool
    on call.server_id = tool.server_id
    and call.tool_name = tool.tool_name
-- Once for each server, not for each call: a filter on it would take longer than all the rest.
left join (
    select *, lower(replace(region, ' ', '')) as short_region from servers
) as server on call.server_id = server.server_id
left join agents as agent on call.agent_id = agent.agent_id;
