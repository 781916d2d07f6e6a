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
        as_time(coalesce(pick(k, v, 'timegenerated'), pick(k, v, 'time'))) as occurred_at,
        lower(coalesce(pick(k, v, '_resourceid'), pick(k, v, 'resourceid'))) as resource_id,
        coalesce(pick_either(ik, iv, k, v, 'log'), pick(k, v, 'log_s'), pick_either(ik, iv, k, v, 'resultdescription'), pick_either(ik, iv, k, v, 'message')) as line,
        coalesce(pick_either(ik, iv, k, v, 'containerappname'), pick(k, v, 'containerappname_s'), pick_either(ik, iv, k, v, 'appname'), nullif(regexp_extract(lower(coalesce(pick(k, v, '_resourceid'), pick(k, v, 'resourceid'))), '/sites/([^/]+)', 1), '')) as app_name,
        concat_ws(chr(31), coalesce(pick_either(ik, iv, k, v, 'containergroupname'), pick(k, v, 'containergroupname_s')), pick_either(ik, iv, k, v, 'containerid'), pick_either(ik, iv, k, v, 'hostinstanceid'), pick_either(ik, iv, k, v, 'functioninvocationid')) as place

    from bagged

),

parsed as (

    -- .NET's JSON console keeps the values of a message in `State`, others in a bag of their own.
    select
        *,
        list_concat(list_concat(bag_keys(line), bag_keys(bag_value(line, '$.State'))), list_concat(bag_keys(bag_value(line, '$.properties')), bag_keys(bag_value(line, '$.attributes')))) as pk,
        list_concat(list_concat(bag_values(line), bag_values(bag_value(line, '$.State'))), list_concat(bag_values(bag_value(line, '$.properties')), bag_values(bag_value(line, '$.attributes')))) as pv,
        bag_value(line, '$.Scopes[0].TraceId') as scope_trace_id,
        bag_value(line, '$.Scopes[0].SpanId') as scope_span_id

    from lined

),

named as (

    select
        *,
        agent_of(pk, pv) as agent_id,
        agent_source_of(pk, pv) as agent_source,
        lower(pick_any(pk, pv, 'event_name', 'event.name', 'message', 'msg', 'event')) as event_name

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
        when coalesce(session_of(pk, pv), agent_id, caller_of(pk, pv), tool_of(pk, pv), method_of(pk, pv), pick_any(pk, pv, 'authorization_mode', 'approval_id', 'approval_result', 'approval_required')) is null
            then 'a log line or event without any MCP field'
    end as exclude_reason,
    case when event_name = 'mcp.approval' then 'approval' else 'server' end as layer,
    case when event_name = 'mcp.approval' then 'decision' else 'log' end as kind,
    occurred_at,
    resource_id,
    pick_any(pk, pv, 'correlation_id', 'x-correlation-id') as correlation_id,
    as_trace_id(coalesce(pick_any(pk, pv, 'trace_id', 'traceid', 'trace.id', 'operation_id', 'oteltraceid'), scope_trace_id)) as operation_id,
    as_span_id(coalesce(pick_any(pk, pv, 'span_id', 'spanid', 'span.id', 'otelspanid'), scope_span_id)) as parent_span_id,
    session_of(pk, pv) as mcp_session_id,
    conversation_of(pk, pv) as conversation_id,
    pick_any(pk, pv, 'jsonrpc.request.id', 'rpc_request_id') as rpc_request_id,
    pick(pk, pv, 'approval_id') as approval_id,
    agent_id,
    agent_source as agent_id_source,
    agent_kind_of(agent_source, agent_id) as agent_id_kind,
    coalesce(server_of(pk, pv), app_name) as server_id,
    tool_of(pk, pv) as tool_name,
    caller_of(pk, pv) as caller_identity,
    resource_of(pick_any(pk, pv, 'downstream_resource', 'downstream-resource')) as downstream_resource,
    as_authorization_mode(pick_any(pk, pv, 'authorization_mode', 'authorization-mode')) as authorization_mode,
    as_boolean(pick(pk, pv, 'approval_required')) as approval_required,
    as_approval_result(pick(pk, pv, 'approval_result')) as approval_result,
    as_duration(pick(pk, pv, 'latency_ms')) as latency_ms,
    pick(pk, pv, 'result_code') as result_code,
    coalesce(method_of(pk, pv), case when event_name = 'mcp.tool_call' then 'tools/call' end) as mcp_method,
    rpc_error_of(pk, pv) as rpc_error_code,
    tool_error_of(pk, pv) as tool_is_error,
    error_of(pk, pv) as error_type,
    pick_any(pk, pv, 'result_type', 'mcp.result.type') as result_type,
    as_time(pick_any(pk, pv, 'approval_requested_at', 'requested_at')) as approval_requested_at,
    as_time(pick_any(pk, pv, 'approval_decided_at', 'decided_at')) as approval_decided_at,
    as_time(pick_any(pk, pv, 'approval_expires_at', 'expires_at')) as approval_expires_at,
    as_duration(pick(pk, pv, 'approval_wait_ms')) as approval_wait_ms,
    pick(pk, pv, 'approver') as approver,
    pick_any(pk, pv, 'client_name', 'clientname') as client_name,
    pick_any(pk, pv, 'service.version', 'server_version') as server_version,
    lower(pick_any(pk, pv, 'deployment.environment.name', 'environment')) as environment,
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
