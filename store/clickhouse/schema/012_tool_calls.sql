-- A call of which somebody decided while it ran has no known active latency; and the other agent that it names is shown.

create or replace view tool_calls as
select
    call.call_id as call_id,
    call."timestamp" as "timestamp",
    call.agent_id as agent_id,
    call.server_id as server_id,
    call.tool_name as tool_name,
    call.mcp_session_id as mcp_session_id,
    call.caller_identity as caller_identity,
    call.downstream_resource as downstream_resource,
    call.authorization_mode as authorization_mode,
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
    call.latency_ms as latency_ms,
    call.result_code as result_code,
    call.agent_id_source as agent_id_source,
    call.agent_id_kind as agent_id_kind,
    call.agent_id_verified as agent_id_verified,
    call.gateway_seen as gateway_seen,
    call.server_seen as server_seen,
    call.match_rung as match_rung,
    call.match_confidence as match_confidence,
    call.match_candidates as match_candidates,
    call.match_basis as match_basis,
    call.match_choice as match_choice,
    call.match_gap_ms as match_gap_ms,
    call.match_margin_ms as match_margin_ms,
    call.event_ids as event_ids,
    call.session_key as session_key,
    call.session_source as session_source,
    call.transport_outcome as transport_outcome,
    call.protocol_outcome as protocol_outcome,
    call.tool_outcome as tool_outcome,
    call.outcome as outcome,
    call.failure_layer as failure_layer,
    call.gateway_at as gateway_at,
    call.server_at as server_at,
    call.clock_skew_ms as clock_skew_ms,
    call.gateway_latency_ms as gateway_latency_ms,
    call.server_latency_ms as server_latency_ms,
    call.gateway_overhead_ms as gateway_overhead_ms,
    call.approval_wait_ms as approval_wait_ms,
    -- Latency without human approval; NULL where its wait is not known: one was needed, or a decision came
    -- while the call ran, by the gateway's clock or the server's. What nobody had to approve waits for nobody.
    case
        when call.approval_wait_ms is not null then call.latency_ms - call.approval_wait_ms
        when tool.approval = 'required' or call.evidence_approval_required then null
        when not call.evidence_approval_required then call.latency_ms
        when call.approval_decided_at > call."timestamp"
            and toUnixTimestamp64Micro(call.approval_decided_at) <= toUnixTimestamp64Micro(call."timestamp") + 1000.0 * call.latency_ms
            then null
        when call.approval_decided_at > call.server_at
            and toUnixTimestamp64Micro(call.approval_decided_at) <= toUnixTimestamp64Micro(call.server_at) + 1000.0 * call.server_latency_ms
            then null
        else call.latency_ms
    end as active_latency_ms,
    call.approval_id as approval_id,
    call.approval_requested_at as approval_requested_at,
    call.approval_decided_at as approval_decided_at,
    call.approval_expires_at as approval_expires_at,
    call.approval_uses as approval_uses,
    call.evidence_approval_required as evidence_approval_required,
    tool.approval as inventory_approval,
    call.rounds as rounds,
    call.executed as executed,
    call.execution_started_at as execution_started_at,
    call.server_version as server_version,
    call.http_status as http_status,
    call.rpc_error_code as rpc_error_code,
    call.error_type as error_type,
    coalesce(tool.tool_class, 'unclassified') as tool_class,
    server.environment as environment,
    -- Azure writes one region as 'West Europe' and as 'westeurope': its short name can be compared.
    lowerUTF8(replaceAll(server.region, ' ', '')) as server_region,
    lowerUTF8(replaceAll(call.region, ' ', '')) as gateway_region,
    agent.display_name as agent_name,
    agent.owner as agent_owner,
    server.owner as server_owner,
    coalesce(agent.cost_center, server.cost_center) as cost_center,
    arrayStringConcat(
        arrayMap(
            name -> assumeNotNull(name),
            arrayFilter(name -> isNotNull(name), [
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
            
            ])
        ),
        ','
    ) as missing_fields,
    call.weight as weight,
    call.is_sampled as is_sampled,
    call.operation_id as operation_id,
    call.correlation_id as correlation_id,
    call.server_span_id as server_span_id,
    call.client_name as client_name,
    call.caller_ip as caller_ip,
    call.subscription_id as subscription_id,
    call.conversation_id as conversation_id,
    call.arguments_hash as arguments_hash,
    -- The agent that the other side named, where gateway and server name two; agent_id is the one that counts.
    call.other_agent_id as other_agent_id
from correlated_calls as call
left join tools as tool
    on call.server_id = tool.server_id
    and call.tool_name = tool.tool_name
left join servers as server on call.server_id = server.server_id
left join agents as agent on call.agent_id = agent.agent_id
settings join_use_nulls = 1;
