-- name:    ingest/app_log_records
-- purpose: A log line or a custom event: evidence of a call or an approval, or what lends fields to one.
-- grain:   one row per record

with

told as (

    select
        *,
        -- microsoft/mcp-gateway names sessions, users and adapters so; elsewhere the words mean other things.
        coalesce(starts_with(pick_any(pk, pv, 'categoryname', 'category'), 'Microsoft.McpGateway.'), false) as is_mcp_gateway,
        -- A trace policy of API Management may log headers, or the request's body, under names of its own.
        case when is_gateway then pick_any(pk, pv, 'request-body', 'request_body') end as traced_body

    from app_insights_records

),

traced as (

    select
        *,
        cast(bag_text(traced_body) as json) as traced_item

    from told

),

named as (

    select
        *,
        coalesce(session_of(pk, pv), case when is_mcp_gateway then pick(pk, pv, 'sessionid') end) as mcp_session_id,
        coalesce(caller_of(pk, pv), case when is_mcp_gateway then pick(pk, pv, 'userid') end) as caller_identity,
        coalesce(tool_of(pk, pv), case when is_gateway then rpc_tool_of(pk, pv, traced_item, traced_body) end) as tool_name,
        coalesce(method_of(pk, pv), case when is_gateway then rpc_method_of(pk, pv, traced_item, traced_body) end) as mcp_method,
        coalesce(pick(k, v, 'message'), pick(k, v, 'name')) as text,
        lower(coalesce(pick_any(pk, pv, 'event_name', 'event.name'), pick(k, v, 'message'), pick(k, v, 'name'))) as event_name,
        -- What is made of a text looks at it several times, and would pick it out as often.
        pick_any(pk, pv, 'downstream_resource', 'downstream-resource') as resource_text,
        pick_any(pk, pv, 'authorization_mode', 'authorization-mode') as mode_text,
        pick(pk, pv, 'approval_required') as required_text,
        pick(pk, pv, 'approval_result') as result_text,
        pick(pk, pv, 'latency_ms') as latency_text,
        pick_any(pk, pv, 'approval_requested_at', 'requested_at') as requested_text,
        pick_any(pk, pv, 'approval_decided_at', 'decided_at') as decided_text,
        pick_any(pk, pv, 'approval_expires_at', 'expires_at') as expires_text,
        pick(pk, pv, 'approval_wait_ms') as wait_text

    from traced

)

select
    record_id,
    0 as item_no,
    -- To the millisecond: the portal's export cuts the time there.
    concat_ws(chr(31), epoch_ms(occurred_at), operation_id, parent_span_id, role_name, md5(text), md5(array_to_string(list_sort(list_transform(list_zip(pk, pv), lambda pair: concat_ws('=', pair[1], pair[2]))), chr(30)))) as natural_key,
    source_rank,
    case
        when occurred_at is null then 'no usable time'
        else odd_item_count(item_count)
    end as reject_reason,
    case
        when event_name in ('mcp.tool_call', 'mcp.approval') then null
        when coalesce(mcp_session_id, agent_id, caller_identity, tool_name, mcp_method, pick_any(pk, pv, 'authorization_mode', 'approval_id', 'approval_result', 'approval_required')) is null
            then 'a log line or event without any MCP field'
    end as exclude_reason,
    case
        when event_name = 'mcp.approval' then 'approval'
        when is_gateway then 'gateway'
        else 'server'
    end as layer,
    case event_name when 'mcp.approval' then 'decision' when 'mcp.tool_call' then 'call' else 'log' end as kind,
    occurred_at,
    resource_id,
    coalesce(case when is_gateway then gateway_request_of(pk, pv) end, pick_any(pk, pv, 'correlation_id', 'x-correlation-id')) as correlation_id,
    operation_id,
    parent_span_id,
    mcp_session_id,
    conversation_of(pk, pv) as conversation_id,
    pick_any(pk, pv, 'jsonrpc.request.id', 'rpc_request_id') as rpc_request_id,
    pick(pk, pv, 'approval_id') as approval_id,
    agent_id,
    case when is_gateway and agent_source = 'server' then 'header' else agent_source end as agent_id_source,
    agent_kind_of(agent_source, agent_id) as agent_id_kind,
    coalesce(server_of(pk, pv), case when is_mcp_gateway then pick(pk, pv, 'adaptername') end, role_name) as server_id,
    tool_name,
    caller_identity,
    resource_of(resource_text) as downstream_resource,
    as_authorization_mode(mode_text) as authorization_mode,
    as_boolean(required_text) as approval_required,
    as_approval_result(result_text) as approval_result,
    as_duration(latency_text) as latency_ms,
    pick(pk, pv, 'result_code') as result_code,
    coalesce(mcp_method, case when event_name = 'mcp.tool_call' then 'tools/call' end) as mcp_method,
    rpc_error_of(pk, pv) as rpc_error_code,
    tool_error_of(pk, pv) as tool_is_error,
    error_of(pk, pv) as error_type,
    pick_any(pk, pv, 'result_type', 'mcp.result.type') as result_type,
    as_time(requested_text) as approval_requested_at,
    as_time(decided_text) as approval_decided_at,
    as_time(expires_text) as approval_expires_at,
    as_duration(wait_text) as approval_wait_ms,
    pick(pk, pv, 'approver') as approver,
    pick_any(pk, pv, 'user_agent.name', 'client_name', 'clientname') as client_name,
    pick_any(pk, pv, 'user_agent.version', 'client_version', 'clientversion') as client_version,
    pick_any(pk, pv, 'service.version', 'server_version') as server_version,
    lower(pick_any(pk, pv, 'deployment.environment.name', 'deployment.environment', 'environment')) as environment,
    logged_bytes_of(pk, pv) as response_body_logged_bytes,
    item_count as weight,
    pick(pk, pv, 'arguments_hash') as arguments_hash,
    coalesce(arguments_of(pk, pv), rpc_arguments(traced_item)) as arguments_text

from named
