-- name:    ingest/find_unreadable
-- purpose: Which columns of the rows that were just mapped would be otherwise, had all their values been of
--          their type: `stood_in` has the same rows, with something in place of each value that was not.
-- grain:   one row per row and column

with

found as (

    select
        mapped.record_id,
        mapped.item_no,
        unnest([
            case when mapped.occurred_at is distinct from stood_in.occurred_at then 'occurred_at' end,
            case when mapped.received_at is distinct from stood_in.received_at then 'received_at' end,
            case when mapped.operation_id is distinct from stood_in.operation_id then 'operation_id' end,
            case when mapped.mcp_session_id is distinct from stood_in.mcp_session_id then 'mcp_session_id' end,
            case when mapped.agent_id is distinct from stood_in.agent_id then 'agent_id' end,
            -- Where it is told from an id that could not be read, that is one value.
            case when mapped.agent_id_source is distinct from stood_in.agent_id_source and mapped.agent_id is not distinct from stood_in.agent_id then 'agent_id_source' end,
            case when mapped.tool_name is distinct from stood_in.tool_name then 'tool_name' end,
            case when mapped.caller_identity is distinct from stood_in.caller_identity then 'caller_identity' end,
            case when mapped.mcp_method is distinct from stood_in.mcp_method then 'mcp_method' end,
            case when mapped.client_name is distinct from stood_in.client_name then 'client_name' end,
            case when mapped.authorization_mode is distinct from stood_in.authorization_mode then 'authorization_mode' end,
            case when mapped.approval_required is distinct from stood_in.approval_required then 'approval_required' end,
            case when mapped.approval_result is distinct from stood_in.approval_result then 'approval_result' end,
            case when mapped.latency_ms is distinct from stood_in.latency_ms then 'latency_ms' end,
            case when mapped.http_status is distinct from stood_in.http_status then 'http_status' end,
            -- Where it is told from a status that could not be read, that is one value.
            case when mapped.is_success is distinct from stood_in.is_success and mapped.http_status is not distinct from stood_in.http_status then 'is_success' end,
            case when mapped.rpc_error_code is distinct from stood_in.rpc_error_code then 'rpc_error_code' end,
            case when mapped.tool_is_error is distinct from stood_in.tool_is_error then 'tool_is_error' end,
            case when mapped.backend_latency_ms is distinct from stood_in.backend_latency_ms then 'backend_latency_ms' end,
            case when mapped.credential_presented is distinct from stood_in.credential_presented then 'credential_presented' end,
            case when mapped.challenge_offered is distinct from stood_in.challenge_offered then 'challenge_offered' end,
            case when mapped.is_truncated is distinct from stood_in.is_truncated then 'is_truncated' end,
            case when mapped.approval_requested_at is distinct from stood_in.approval_requested_at then 'approval_requested_at' end,
            case when mapped.approval_decided_at is distinct from stood_in.approval_decided_at then 'approval_decided_at' end,
            case when mapped.approval_expires_at is distinct from stood_in.approval_expires_at then 'approval_expires_at' end,
            case when mapped.approval_wait_ms is distinct from stood_in.approval_wait_ms then 'approval_wait_ms' end,
            case when mapped.input_tokens is distinct from stood_in.input_tokens then 'input_tokens' end,
            case when mapped.cached_input_tokens is distinct from stood_in.cached_input_tokens then 'cached_input_tokens' end,
            case when mapped.output_tokens is distinct from stood_in.output_tokens then 'output_tokens' end,
            case when mapped.request_bytes is distinct from stood_in.request_bytes then 'request_bytes' end,
            case when mapped.response_bytes is distinct from stood_in.response_bytes then 'response_bytes' end,
            case when mapped.response_body_logged_bytes is distinct from stood_in.response_body_logged_bytes then 'response_body_logged_bytes' end,
            case when mapped.weight is distinct from stood_in.weight then 'weight' end,
            case when mapped.tags is distinct from stood_in.tags then 'tags' end
        ]) as column_name

    from mapped
    inner join stood_in
        on mapped.record_id = stood_in.record_id
        and mapped.item_no = stood_in.item_no

    where mapped.reject_reason is null and mapped.exclude_reason is null

)

select * from found where column_name is not null
