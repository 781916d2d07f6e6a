-- name:    correlate/results/gateway_facts
-- purpose: What the gateway says about a call, over its tables: GatewayLogs first, but the MCP log for
--          the JSON-RPC side, and lent fields last.
-- readers: results/both_facts
-- grain:   one row per call

select
    ids.call_id,
    ids.gateway_id,
    ids.server_key,
    ids.rung,
    ids.confidence,
    ids.candidates,
    ids.basis,
    ids.choice,
    ids.gap_ms,
    ids.margin_ms,
    ids.is_latency_shared,
    ids.known_server_id,
    coalesce(log.occurred_at, app.occurred_at, mcp.occurred_at) as gateway_at,
    coalesce(log.agent_id, app.agent_id, mcp.agent_id, lends.agent_id) as gateway_agent_id,
    case
        when log.agent_id is not null then log.agent_id_source
        when app.agent_id is not null then app.agent_id_source
        when mcp.agent_id is not null then mcp.agent_id_source
        else lends.agent_id_source
    end as gateway_agent_id_source,
    case
        when log.agent_id is not null then log.agent_id_kind
        when app.agent_id is not null then app.agent_id_kind
        when mcp.agent_id is not null then mcp.agent_id_kind
        else lends.agent_id_kind
    end as gateway_agent_id_kind,
    coalesce(log.server_id, mcp.server_id, app.server_id) as gateway_server_id,
    coalesce(mcp.tool_name, log.tool_name, app.tool_name, lends.tool_name) as gateway_tool_name,
    coalesce(log.mcp_session_id, mcp.mcp_session_id, app.mcp_session_id, lends.mcp_session_id) as gateway_mcp_session_id,
    coalesce(log.conversation_id, mcp.conversation_id, app.conversation_id, lends.conversation_id) as gateway_conversation_id,
    coalesce(lends.caller_identity, log.caller_identity, app.caller_identity, mcp.caller_identity) as gateway_caller_identity,
    coalesce(log.downstream_resource, app.downstream_resource, mcp.downstream_resource) as gateway_downstream_resource,
    coalesce(lends.authorization_mode, log.authorization_mode, app.authorization_mode) as gateway_authorization_mode,
    coalesce(lends.approval_required, log.approval_required, app.approval_required) as gateway_approval_required,
    coalesce(lends.approval_result, log.approval_result, app.approval_result) as gateway_approval_result,
    coalesce(lends.approval_id, log.approval_id, app.approval_id) as gateway_approval_id,
    coalesce(lends.approval_wait_ms, log.approval_wait_ms, app.approval_wait_ms) as gateway_approval_wait_ms,
    coalesce(log.latency_ms, app.latency_ms, mcp.latency_ms) as gateway_latency_ms,
    coalesce(log.backend_latency_ms, app.backend_latency_ms) as gateway_backend_latency_ms,
    coalesce(log.http_status, app.http_status, mcp.http_status) as gateway_http_status,
    coalesce(log.is_success, app.is_success) as gateway_is_success,
    coalesce(mcp.rpc_error_code, log.rpc_error_code, app.rpc_error_code) as gateway_rpc_error_code,
    coalesce(mcp.tool_is_error, log.tool_is_error, app.tool_is_error) as gateway_tool_is_error,
    coalesce(mcp.error_type, log.error_type, app.error_type) as gateway_error_type,
    -- The MCP log and APIM's own MCP rows name a JSON-RPC error; without one the protocol was kept.
    mcp.event_id is not null or (app.mcp_method is not null and log.event_id is null) as gateway_protocol_seen,
    mcp.error_type is not null as gateway_protocol_failed,
    coalesce(log.result_type, mcp.result_type, app.result_type) as gateway_result_type,
    coalesce(log.credential_presented, app.credential_presented) as gateway_credential_presented,
    coalesce(log.challenge_offered, app.challenge_offered) as gateway_challenge_offered,
    coalesce(mcp.client_name, log.client_name, app.client_name, lends.client_name) as gateway_client_name,
    coalesce(log.caller_ip, app.caller_ip) as gateway_caller_ip,
    coalesce(log.region, mcp.region, app.region) as gateway_region,
    coalesce(log.subscription_id, app.subscription_id) as gateway_subscription_id,
    coalesce(log.operation_id, app.operation_id, mcp.operation_id, ids.request_operation_id) as gateway_operation_id,
    coalesce(log.correlation_id, mcp.correlation_id, app.correlation_id) as gateway_correlation_id,
    coalesce(log.arguments_hash, mcp.arguments_hash, app.arguments_hash, lends.arguments_hash) as gateway_arguments_hash,
    -- The gateway's logs are complete; only what is known from Application Insights may be a sample.
    case when log.event_id is not null or mcp.event_id is not null then 1 else app.weight end as gateway_weight
from call_ids as ids
left join (
    select * from events
    where layer = 'gateway' and kind = 'request' and source_table <> 'AppRequests'
) as log
    on ids.log_event_id = log.event_id
left join (select * from events where layer = 'gateway' and kind = 'call') as mcp
    on ids.mcp_event_id = mcp.event_id
left join (
    select * from events
    where layer = 'gateway' and kind = 'request' and source_table = 'AppRequests'
) as app
    on ids.app_event_id = app.event_id
left join lends on ids.gateway_id = lends.target_id
