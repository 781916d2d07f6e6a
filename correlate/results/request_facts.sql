-- name:    correlate/results/request_facts
-- purpose: One value for each field of a request, chosen between the two sides. A request is a call, or a
--          round of one.
-- readers: results/rounds, results/call_facts
-- grain:   one row per request

with

ranked as (

    -- A verified token beats what a client or server asserts.
    select
        *,
        case gateway_agent_id_source
            when 'token' then 1 when 'header' then 2 when 'server' then 3
            when 'otel' then 4 when 'subscription' then 6 when 'client' then 7
            else case when gateway_agent_id is null then 9 else 5 end
        end as gateway_rank,
        case server_agent_id_source
            when 'token' then 1 when 'header' then 2 when 'server' then 3
            when 'otel' then 4 when 'subscription' then 6 when 'client' then 7
            else case when server_agent_id is null then 9 else 5 end
        end as server_rank
    from both_facts

),

asserted as (

    select
        *,
        case when gateway_rank <= server_rank then gateway_agent_id else server_agent_id end as asserted_id,
        case when gateway_rank <= server_rank then gateway_agent_id_source else server_agent_id_source end
            as asserted_source,
        case when gateway_rank <= server_rank then gateway_agent_id_kind else server_agent_id_kind end
            as asserted_kind,
        case
            when x_lower(gateway_agent_id) <> x_lower(server_agent_id)
                then case when gateway_rank <= server_rank then server_agent_id else gateway_agent_id end
        end as other_id,
        gateway_agent_id_kind = server_agent_id_kind as is_of_one_kind,
        coalesce(gateway_client_name, server_client_name) as client_name
    from ranked

)

select
    facts.call_id,
    facts.gateway_id,
    facts.server_key,
    facts.rung,
    facts.confidence,
    facts.candidates,
    facts.basis,
    facts.choice,
    facts.gap_ms,
    facts.margin_ms,
    facts.is_latency_shared,
    coalesce(named.agent_id, facts.asserted_id, subscriber.agent_id, client.agent_id) as agent_id,
    case
        when facts.asserted_id is not null then coalesce(facts.asserted_source, 'server')
        when subscriber.agent_id is not null then 'subscription'
        when client.agent_id is not null then 'client'
        else 'none'
    end as agent_id_source,
    facts.asserted_kind as agent_id_kind,
    -- Ids of two kinds are of two agents only where the inventory knows both.
    case
        when coalesce(other.agent_id, facts.other_id) <> coalesce(named.agent_id, facts.asserted_id)
            and (facts.is_of_one_kind or (other.agent_id is not null and named.agent_id is not null))
            then coalesce(other.agent_id, facts.other_id)
    end as other_agent_id,
    coalesce(facts.known_server_id, facts.gateway_server_id, facts.server_side_id) as server_id,
    coalesce(facts.gateway_tool_name, facts.server_tool_name) as tool_name,
    coalesce(facts.gateway_mcp_session_id, facts.server_mcp_session_id) as mcp_session_id,
    coalesce(facts.gateway_conversation_id, facts.server_conversation_id) as conversation_id,
    coalesce(facts.server_caller_identity, facts.gateway_caller_identity) as caller_identity,
    coalesce(facts.server_downstream_resource, facts.gateway_downstream_resource) as downstream_resource,
    coalesce(facts.server_authorization_mode, facts.gateway_authorization_mode) as authorization_mode,
    coalesce(facts.server_approval_required, facts.gateway_approval_required) as approval_required,
    coalesce(facts.server_approval_result, facts.gateway_approval_result) as approval_result,
    coalesce(facts.server_approval_id, facts.gateway_approval_id) as approval_id,
    coalesce(facts.server_approval_wait_ms, facts.gateway_approval_wait_ms) as approval_wait_ms,
    facts.gateway_at,
    facts.server_at,
    coalesce(facts.gateway_at, facts.server_at) as started_at,
    facts.gateway_latency_ms,
    facts.server_latency_ms,
    facts.gateway_backend_latency_ms,
    coalesce(facts.gateway_http_status, facts.server_http_status) as http_status,
    coalesce(facts.server_http_status, facts.gateway_http_status) as backend_status,
    coalesce(facts.gateway_is_success, facts.server_request_success) as http_success,
    coalesce(facts.server_rpc_error_code, facts.gateway_rpc_error_code) as rpc_error_code,
    coalesce(
        facts.server_tool_is_error,
        facts.gateway_tool_is_error,
        case when 'tool_error' in (facts.server_error_type, facts.gateway_error_type) then true end
    ) as tool_failed,
    facts.gateway_tool_is_error is not null as gateway_saw_result,
    facts.gateway_protocol_seen,
    facts.gateway_protocol_failed,
    facts.gateway_error_type,
    facts.server_error_type,
    facts.is_recorded,
    facts.has_span,
    facts.server_record_success,
    facts.server_result_code,
    coalesce(facts.gateway_result_type, facts.server_result_type) as result_type,
    facts.gateway_credential_presented as credential_presented,
    facts.gateway_challenge_offered as challenge_offered,
    facts.server_version,
    facts.gateway_region as region,
    facts.gateway_subscription_id as subscription_id,
    coalesce(facts.gateway_operation_id, facts.server_operation_id) as operation_id,
    facts.gateway_operation_id,
    facts.gateway_correlation_id as correlation_id,
    facts.server_span_id,
    facts.client_name,
    coalesce(facts.gateway_caller_ip, facts.server_caller_ip) as caller_ip,
    coalesce(facts.server_arguments_hash, facts.gateway_arguments_hash) as arguments_hash,
    coalesce(facts.gateway_weight, facts.server_weight) as weight,
    -- A call that the gateway's own logs saw is itself, however its other evidence was sampled.
    coalesce(facts.gateway_weight, facts.server_weight) > 1 as is_sampled
from asserted as facts
left join known_agent_names as named on x_lower(facts.asserted_id) = named.name
left join known_agent_names as other on x_lower(facts.other_id) = other.name
left join known_agent_names as subscriber on x_lower(facts.gateway_subscription_id) = subscriber.name
left join known_agent_names as client on x_lower(facts.client_name) = client.name
