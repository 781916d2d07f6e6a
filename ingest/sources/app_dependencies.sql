-- source:  AppDependencies
-- purpose: A call that an application, or the gateway, made to something behind it.
-- docs:    https://learn.microsoft.com/azure/azure-monitor/reference/tables/appdependencies
-- grain:   one row per outgoing call; a gateway's retry is a row of its own
-- key:     resource, OperationId, Id; all that is read of it where it has no Id
-- says: Calls that a server, or the gateway, made to what is behind it: target, latency, result; spans of MCP clients.
-- cannot: Prompts, statements and addresses' queries: they are not read.
-- cannot: Everything, where Application Insights samples; `ItemCount` is the weight.
-- recognised: type AppDependencies
-- recognised: itemtype dependency
-- recognised: fields operationid id durationms target dependencytype
-- recognised: fields operation_id id duration target

select
    record_id,
    0 as item_no,
    case when span_id is not null then concat_ws(chr(31), operation_id, span_id) end as natural_key,
    source_rank,
    case
        when occurred_at is null then 'no usable time'
        else odd_item_count(item_count)
    end as reject_reason,
    case when is_gateway then 'gateway' else 'server' end as layer,
    'dependency' as kind,
    occurred_at,
    resource_id,
    case when is_gateway then gateway_request_of(pk, pv) end as correlation_id,
    operation_id,
    span_id,
    parent_span_id,
    session_of(pk, pv) as mcp_session_id,
    conversation_of(pk, pv) as conversation_id,
    agent_id,
    agent_source as agent_id_source,
    agent_kind_of(agent_source, agent_id) as agent_id_kind,
    coalesce(server_of(pk, pv), role_name) as server_id,
    tool_of(pk, pv) as tool_name,
    coalesce(host_of(pick(k, v, 'target')), host_and_path(pick(k, v, 'data'))) as downstream_resource,
    duration_ms as latency_ms,
    method_of(pk, pv) as mcp_method,
    -- Of what is no HTTP it is a word.
    http_status_in(pick(k, v, 'resultcode')) as http_status,
    as_boolean(pick(k, v, 'success')) as is_success,
    error_of(pk, pv) as error_type,
    pick_any(pk, pv, 'gen_ai.response.model', 'gen_ai.request.model') as model,
    as_bigint(pick_any(pk, pv, 'gen_ai.usage.input_tokens', 'gen_ai.usage.prompt_tokens')) as input_tokens,
    as_bigint(pick(pk, pv, 'gen_ai.usage.cache_read.input_tokens')) as cached_input_tokens,
    as_bigint(pick_any(pk, pv, 'gen_ai.usage.output_tokens', 'gen_ai.usage.completion_tokens')) as output_tokens,
    logged_bytes_of(pk, pv) as response_body_logged_bytes,
    item_count as weight,
    json_object('span_kind', case when method_of(pk, pv) is not null then 'client' end, 'dependency_type', coalesce(pick(k, v, 'dependencytype'), pick(k, v, 'type'))) as tags

from app_insights_records
