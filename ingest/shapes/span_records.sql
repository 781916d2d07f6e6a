-- name:    ingest/span_records
-- purpose: An OpenTelemetry span in its shapes: OTLP/JSON, a row of a table, and as the Python SDK writes it.
-- grain:   one row per span

with

-- A span that came inside its envelope brings its resource along; the table has all at the top.
opened as (

    select
        record_id,
        case when list_contains(k, 'otlp_span') then bag_keys(pick(k, v, 'otlp_span')) else k end as sk,
        case when list_contains(k, 'otlp_span') then bag_values(pick(k, v, 'otlp_span')) else v end as sv,
        json_extract(bag_text(pick(k, v, 'otlp_resource')), '$.attributes') as resource_attributes,
        bag_value(pick(k, v, 'otlp_scope'), '$.name') as otlp_scope_name,
        lower(coalesce(pick(k, v, '_resourceid'), pick(k, v, 'resourceid'))) as azure_resource_id

    from records

),

texts as (

    select
        *,
        pick(sk, sv, 'attributes') as attributes_text,
        pick(sk, sv, 'resource') as resource_text,
        pick(sk, sv, 'context') as context_text,
        pick(sk, sv, 'status') as status_text,
        pick(sk, sv, 'links') as links_text,
        pick(sk, sv, 'starttimeunixnano') as start_nanos_text,
        pick(sk, sv, 'endtimeunixnano') as end_nanos_text,
        coalesce(pick(sk, sv, 'timegenerated'), pick(sk, sv, 'time'), pick(sk, sv, 'starttime'), pick(sk, sv, 'start_time')) as time_text,
        pick(sk, sv, 'end_time') as end_text,
        pick(sk, sv, 'durationms') as duration_text,
        lower(pick(sk, sv, 'kind')) as kind_text,
        pick(sk, sv, 'itemcount') as item_count_text,
        cast(resource_attributes as varchar) as resource_attributes_text

    from opened

),

-- What is made of a text looks at it several times, and would pick it out as often.
told as (

    select
        *,
        substr(ltrim(attributes_text), 1, 1) = '[' as has_pairs,
        coalesce(pick(sk, sv, 'resourceattributes'), bag_value(resource_text, '$.attributes')) as resource_bag_text,
        coalesce(pick(sk, sv, 'traceid'), regexp_extract(bag_value(context_text, '$.trace_id'), '^(?:0x)?(.*)$', 1)) as trace_text,
        coalesce(pick(sk, sv, 'spanid'), regexp_extract(bag_value(context_text, '$.span_id'), '^(?:0x)?(.*)$', 1)) as span_text,
        coalesce(pick(sk, sv, 'parentspanid'), regexp_extract(pick(sk, sv, 'parent_id'), '^(?:0x)?(.*)$', 1)) as parent_text

    from texts

),

picked as (

    select
        record_id,
        sk,
        sv,
        azure_resource_id,
        duration_text,
        case when has_pairs then attribute_keys(attributes_text) else bag_keys(attributes_text) end as ak,
        case when has_pairs then attribute_values(attributes_text) else bag_values(attributes_text) end as av,
        case when resource_attributes is not null then attribute_keys(resource_attributes_text) else bag_keys(resource_bag_text) end as rk,
        case when resource_attributes is not null then attribute_values(resource_attributes_text) else bag_values(resource_bag_text) end as rv,
        coalesce(otlp_scope_name, pick(sk, sv, 'scopename')) as scope_name,
        as_trace_id(trace_text) as trace_id,
        as_span_id(span_text) as span_id,
        as_span_id(parent_text) as parent_span_id,
        as_bigint(start_nanos_text) as start_nanos,
        nullif(as_bigint(end_nanos_text), 0) as end_nanos,
        coalesce(as_time_from_nanos(start_nanos_text), as_time(time_text)) as occurred_at,
        as_time(end_text) as ended_at,
        case kind_text when '2' then 'server' when 'server' then 'server' when 'span_kind_server' then 'server' when 'spankind.server' then 'server' when '3' then 'client' when 'client' then 'client' when 'span_kind_client' then 'client' when 'spankind.client' then 'client' else 'internal' end as span_kind,
        pick(sk, sv, 'name') as span_name,
        case when item_count_text is null then 1 else try_cast(item_count_text as bigint) end as item_count,
        coalesce(bag_value(status_text, '$.code'), pick(sk, sv, 'statuscode'), bag_value(status_text, '$.status_code')) as status_code,
        json_extract_string(list_text(links_text), '$[0].traceId') as link_trace

    from told

),

named as (

    select
        *,
        agent_of(ak, av) as agent_id,
        agent_source_of(ak, av) as agent_source,
        session_of(ak, av) as session_text,
        caller_of(ak, av) as caller_identity,
        tool_of(ak, av) as attribute_tool,
        method_of(ak, av) as attribute_method,
        error_of(ak, av) as error_type,
        pick_any(ak, av, 'gen_ai.usage.input_tokens', 'gen_ai.usage.prompt_tokens') as input_text,
        pick_any(ak, av, 'gen_ai.usage.output_tokens', 'gen_ai.usage.completion_tokens') as output_text,
        pick(ak, av, 'gen_ai.usage.cache_read.input_tokens') as cached_text,
        pick_any(ak, av, 'downstream_resource', 'downstream-resource') as downstream_text,
        pick(ak, av, 'url.full') as url_text,
        pick_any(ak, av, 'url.path', 'url.full', 'http.target') as path_text,
        pick_any(ak, av, 'http.response.status_code', 'http.status_code') as http_status_text,
        pick_any(ak, av, 'authorization_mode', 'authorization-mode') as mode_text,
        pick(ak, av, 'approval_required') as required_text,
        pick(ak, av, 'approval_result') as result_text,
        pick(ak, av, 'approval_wait_ms') as wait_text

    from picked

),

judged as (

    select
        *,
        as_bigint(input_text) as input_tokens,
        as_bigint(cached_text) as cached_input_tokens,
        as_bigint(output_text) as output_tokens,
        coalesce(attribute_method, case when starts_with(span_name, 'tools/call') then 'tools/call' end) as mcp_method,
        -- What stands between two spans or traces joins them, and servers and dependencies are evidence whatever they say.
        coalesce(session_text, agent_id, caller_identity, attribute_tool, attribute_method, pick(ak, av, 'authorization_mode'), pick(ak, av, 'approval_id'), result_text, required_text) is not null
            or starts_with(span_name, 'tools/call')
            or len(list_filter(ak, lambda each_key: starts_with(each_key, 'gen_ai.') or starts_with(each_key, 'mcp.'))) > 0 as has_evidence,
        coalesce(input_text, output_text, '') <> '' as has_usage,
        -- A run of an agent: its tokens are the sum of those of the model requests inside it.
        coalesce(list_contains(['invoke_agent', 'create_agent', 'invoke_workflow'], pick(ak, av, 'gen_ai.operation.name')), false) as is_run

    from named

)

select
    record_id,
    0 as item_no,
    concat_ws(chr(31), trace_id, span_id) as natural_key,
    cast(case when start_nanos is not null then 1 else 2 end as smallint) as source_rank,
    case
        when occurred_at is null then 'no usable time'
        when trace_id is null or span_id is null then 'no trace id or span id'
        when end_nanos < start_nanos or ended_at < occurred_at then 'a span that ends before it starts'
        else coalesce(odd_tokens(input_tokens, cached_input_tokens, output_tokens), odd_item_count(item_count))
    end as reject_reason,
    case
        when span_kind = 'internal' and parent_span_id is null and link_trace is null and not is_run and not has_usage and not has_evidence
            then 'an internal span without any MCP field, and nothing around it'
    end as exclude_reason,
    case when has_usage and not is_run then 'model' else 'server' end as layer,
    case
        when is_run then 'log'
        when has_usage then 'tokens'
        when mcp_method is not null then 'call'
        when span_kind = 'client' then 'dependency'
        when span_kind = 'server' then 'request'
        else 'log'
    end as kind,
    occurred_at,
    -- A span has one identity wherever it was exported to.
    cast(null as varchar) as resource_id,
    trace_id as operation_id,
    as_trace_id(link_trace) as linked_operation_id,
    span_id,
    parent_span_id,
    -- The C# SDK puts an id of its own instance here, which is no session of the protocol.
    case when not coalesce(contains(scope_name, 'ModelContextProtocol'), false) then session_text end as mcp_session_id,
    conversation_of(ak, av) as conversation_id,
    pick(ak, av, 'jsonrpc.request.id') as rpc_request_id,
    agent_id,
    agent_source as agent_id_source,
    agent_kind_of(agent_source, agent_id) as agent_id_kind,
    coalesce(pick_any(ak, av, 'server_id', 'mcp.server.name'), pick(rk, rv, 'service.name'), pick(sk, sv, 'servicename'), pick(sk, sv, 'rolename')) as server_id,
    coalesce(attribute_tool, nullif(regexp_extract(span_name, '^tools/call (\S+)$', 1), '')) as tool_name,
    caller_identity,
    coalesce(resource_of(downstream_text), case when span_kind = 'client' and not is_run then coalesce(pick(ak, av, 'server.address'), host_of(url_text)) end) as downstream_resource,
    as_authorization_mode(mode_text) as authorization_mode,
    as_boolean(required_text) as approval_required,
    as_approval_result(result_text) as approval_result,
    pick(ak, av, 'approval_id') as approval_id,
    as_duration(wait_text) as approval_wait_ms,
    coalesce(cast(cast(end_nanos as hugeint) - start_nanos as double) / 1e6, as_duration(duration_text), case when ended_at >= occurred_at then cast(epoch_us(ended_at) - epoch_us(occurred_at) as double) / 1000 end) as latency_ms,
    mcp_method,
    pick_any(ak, av, 'http.request.method', 'http.method') as http_method,
    url_path_of(path_text) as url_path,
    as_http_status(http_status_text) as http_status,
    case when status_code in ('2', 'Error', 'ERROR', 'STATUS_CODE_ERROR') then false when status_code is not null then true end as is_success,
    rpc_error_of(ak, av) as rpc_error_code,
    -- A server span of a call that says nothing of an error had none: the convention demands error.type.
    coalesce(tool_error_of(ak, av), case when mcp_method = 'tools/call' and span_kind <> 'client' and error_type is null and coalesce(status_code, '') not in ('2', 'Error', 'ERROR', 'STATUS_CODE_ERROR') then false end) as tool_is_error,
    error_type,
    pick_any(ak, av, 'result_type', 'mcp.result.type') as result_type,
    pick_any(ak, av, 'user_agent.name', 'mcp.client.name', 'client_name') as client_name,
    pick_any(ak, av, 'user_agent.version', 'mcp.client.version') as client_version,
    pick(ak, av, 'client.address') as caller_ip,
    pick(rk, rv, 'service.version') as server_version,
    pick(rk, rv, 'cloud.region') as region,
    lower(pick_any(rk, rv, 'deployment.environment.name', 'deployment.environment')) as environment,
    pick_any(ak, av, 'gen_ai.response.model', 'gen_ai.request.model') as model,
    input_tokens,
    cached_input_tokens,
    output_tokens,
    logged_bytes_of(ak, av) as response_body_logged_bytes,
    item_count as weight,
    pick(ak, av, 'arguments_hash') as arguments_hash,
    arguments_of(ak, av) as arguments_text,
    json_object('span_kind', span_kind, 'scope', scope_name, 'deployment', pick(ak, av, 'gen_ai.request.model')) as tags,
    pick(ak, av, 'microsoft.a365.agent.blueprint.id') as blueprint_id,
    coalesce(pick(ak, av, 'microsoft.foundry.project.id'), pick(ak, av, 'gen_ai.azure_ai_project.id')) as project_id

from judged
