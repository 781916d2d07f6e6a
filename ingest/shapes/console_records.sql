-- name:    ingest/console_records
-- purpose: A line that a server wrote to its console or its host's log: read where it is a JSON object, as
--          loggers write it. It decides approvals and lends fields; it is no call, see docs/sources.md.
-- grain:   one row per line

with

opened as (

    select
        record_id,
        k,
        v,
        coalesce(pick(k, v, 'properties'), '') as properties_text

    from records

),

bagged as (

    -- Functions sends its properties in single quotes at times.
    select
        *,
        case when starts_with(ltrim(properties_text), '{''') then python_keys(properties_text) else bag_keys(properties_text) end as ik,
        case when starts_with(ltrim(properties_text), '{''') then python_values(properties_text) else bag_values(properties_text) end as iv

    from opened

),

lined as (

    select
        record_id,
        k,
        v,
        ik,
        iv,
        coalesce(pick(k, v, 'timegenerated'), pick(k, v, 'time')) as time_text,
        lower(coalesce(pick(k, v, '_resourceid'), pick(k, v, 'resourceid'))) as resource_id,
        coalesce(pick_either(ik, iv, k, v, 'log'), pick(k, v, 'log_s'), pick_either(ik, iv, k, v, 'resultdescription'), pick_either(ik, iv, k, v, 'message')) as line,
        coalesce(pick_either(ik, iv, k, v, 'containerappname'), pick(k, v, 'containerappname_s'), pick_either(ik, iv, k, v, 'appname'), nullif(regexp_extract(lower(coalesce(pick(k, v, '_resourceid'), pick(k, v, 'resourceid'))), '/sites/([^/]+)', 1), '')) as app_name,
        concat_ws(chr(31), coalesce(pick_either(ik, iv, k, v, 'containergroupname'), pick(k, v, 'containergroupname_s')), pick_either(ik, iv, k, v, 'containerid'), pick_either(ik, iv, k, v, 'hostinstanceid'), pick_either(ik, iv, k, v, 'functioninvocationid')) as place

    from bagged

),

opened_lines as (

    select
        *,
        bag_value(line, '$.State') as state_text,
        bag_value(line, '$.properties') as line_properties_text,
        bag_value(line, '$.attributes') as line_attributes_text

    from lined

),

parsed as (

    -- .NET's JSON console keeps the values of a message in `State`, others in a bag of their own.
    select
        *,
        list_concat(list_concat(bag_keys(line), bag_keys(state_text)), list_concat(bag_keys(line_properties_text), bag_keys(line_attributes_text))) as pk,
        list_concat(list_concat(bag_values(line), bag_values(state_text)), list_concat(bag_values(line_properties_text), bag_values(line_attributes_text))) as pv,
        bag_value(line, '$.Scopes[0].TraceId') as scope_trace_id,
        bag_value(line, '$.Scopes[0].SpanId') as scope_span_id

    from opened_lines

),

named as (

    select
        *,
        agent_of(pk, pv) as agent_id,
        agent_source_of(pk, pv) as agent_source,
        lower(pick_any(pk, pv, 'event_name', 'event.name', 'message', 'msg', 'event')) as event_name,
        session_of(pk, pv) as mcp_session_id,
        caller_of(pk, pv) as caller_identity,
        tool_of(pk, pv) as tool_name,
        method_of(pk, pv) as named_method,
        as_time(time_text) as occurred_at,
        -- What is made of a text looks at it several times, and would pick it out as often.
        coalesce(pick_any(pk, pv, 'trace_id', 'traceid', 'trace.id', 'operation_id', 'oteltraceid'), scope_trace_id) as trace_text,
        coalesce(pick_any(pk, pv, 'span_id', 'spanid', 'span.id', 'otelspanid'), scope_span_id) as span_text,
        pick_any(pk, pv, 'downstream_resource', 'downstream-resource') as resource_text,
        pick_any(pk, pv, 'authorization_mode', 'authorization-mode') as mode_text,
        pick(pk, pv, 'approval_required') as required_text,
        pick(pk, pv, 'approval_result') as result_text,
        pick(pk, pv, 'latency_ms') as latency_text,
        pick_any(pk, pv, 'approval_requested_at', 'requested_at') as requested_text,
        pick_any(pk, pv, 'approval_decided_at', 'decided_at') as decided_text,
        pick_any(pk, pv, 'approval_expires_at', 'expires_at') as expires_text,
        pick(pk, pv, 'approval_wait_ms') as wait_text

    from parsed

)

select
    record_id,
    0 as item_no,
    -- To the millisecond: the portal's export cuts the time there.
    concat_ws(chr(31), epoch_ms(occurred_at), app_name, place, md5(line)) as natural_key,
    cast(case when len(ik) > 0 then 1 else 2 end as smallint) as source_rank,
    case when occurred_at is null then 'no usable time' end as reject_reason,
    case
        when line is null then 'a line without text'
        when coalesce(event_name = 'mcp.tool_call', false) or coalesce(event_name = 'mcp.approval', false) then null
        when coalesce(mcp_session_id, agent_id, caller_identity, tool_name, named_method, pick(pk, pv, 'authorization_mode'), pick(pk, pv, 'approval_id'), result_text, required_text) is null
            then 'a log line or event without any MCP field'
    end as exclude_reason,
    case when event_name = 'mcp.approval' then 'approval' else 'server' end as layer,
    case when event_name = 'mcp.approval' then 'decision' else 'log' end as kind,
    occurred_at,
    resource_id,
    pick_any(pk, pv, 'correlation_id', 'x-correlation-id') as correlation_id,
    as_trace_id(trace_text) as operation_id,
    as_span_id(span_text) as parent_span_id,
    mcp_session_id,
    conversation_of(pk, pv) as conversation_id,
    pick_any(pk, pv, 'jsonrpc.request.id', 'rpc_request_id') as rpc_request_id,
    pick(pk, pv, 'approval_id') as approval_id,
    agent_id,
    agent_source as agent_id_source,
    agent_kind_of(agent_source, agent_id) as agent_id_kind,
    coalesce(server_of(pk, pv), app_name) as server_id,
    tool_name,
    caller_identity,
    resource_of(resource_text) as downstream_resource,
    as_authorization_mode(mode_text) as authorization_mode,
    as_boolean(required_text) as approval_required,
    as_approval_result(result_text) as approval_result,
    as_duration(latency_text) as latency_ms,
    pick(pk, pv, 'result_code') as result_code,
    coalesce(named_method, case when event_name = 'mcp.tool_call' then 'tools/call' end) as mcp_method,
    rpc_error_of(pk, pv) as rpc_error_code,
    tool_error_of(pk, pv) as tool_is_error,
    error_of(pk, pv) as error_type,
    pick_any(pk, pv, 'result_type', 'mcp.result.type') as result_type,
    as_time(requested_text) as approval_requested_at,
    as_time(decided_text) as approval_decided_at,
    as_time(expires_text) as approval_expires_at,
    as_duration(wait_text) as approval_wait_ms,
    pick(pk, pv, 'approver') as approver,
    pick_any(pk, pv, 'client_name', 'clientname') as client_name,
    pick_any(pk, pv, 'service.version', 'server_version') as server_version,
    lower(pick_any(pk, pv, 'deployment.environment.name', 'environment')) as environment,
    logged_bytes_of(pk, pv) as response_body_logged_bytes,
    cast(1 as bigint) as weight,
    pick(pk, pv, 'arguments_hash') as arguments_hash,
    arguments_of(pk, pv) as arguments_text,
    k,
    v,
    ik,
    iv,
    line,
    app_name

from named
