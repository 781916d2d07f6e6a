-- source:  AppGenAIContent
-- purpose: That prompts, answers, tool arguments or results were logged, and how much; never what they say.
-- docs:    https://learn.microsoft.com/azure/azure-monitor/reference/tables/appgenaicontent
-- grain:   one row per span whose content was logged
-- key:     resource, Id, TraceId, SpanId
-- says: That content was logged outside of the gateway's control, of which span and agent, and how many bytes of what: a leak.
-- cannot: What it says: no byte of it is stored.
-- cannot: Anything about a call by itself: the span is in OTelSpans or AppDependencies.
-- recognised: type AppGenAIContent
-- recognised: fields traceid spanid inputmessages outputmessages

with

picked as (

    select
        record_id,
        as_time(coalesce(pick(k, v, 'timegenerated'), pick(k, v, 'time'))) as occurred_at,
        lower(coalesce(pick(k, v, '_resourceid'), pick(k, v, 'resourceid'))) as resource_id,
        case when pick(k, v, 'time') is not null then 1 else 2 end as source_rank,
        pick(k, v, 'id') as id,
        as_trace_id(pick(k, v, 'traceid')) as trace_id,
        as_span_id(pick(k, v, 'spanid')) as span_id,
        as_span_id(pick(k, v, 'parentspanid')) as parent_span_id,
        pick(k, v, 'agentid') as agent_id,
        coalesce(pick(k, v, 'servicename'), pick(k, v, 'rolename')) as server_id,
        pick(k, v, 'modelname') as model,
        -- Our own query has the service measure the content. An empty list or object is none.
        content_bytes(pick(k, v, 'inputmessagesbytes'), pick(k, v, 'inputmessages')) as input_bytes,
        content_bytes(pick(k, v, 'outputmessagesbytes'), pick(k, v, 'outputmessages')) as output_bytes,
        content_bytes(pick(k, v, 'systeminstructionsbytes'), pick(k, v, 'systeminstructions')) as instructions_bytes,
        content_bytes(pick(k, v, 'toolcallargumentsbytes'), pick(k, v, 'toolcallarguments')) as arguments_bytes,
        content_bytes(pick(k, v, 'toolcallresultbytes'), pick(k, v, 'toolcallresult')) as result_bytes,
        content_bytes(pick(k, v, 'evaluationexplanationbytes'), pick(k, v, 'evaluationexplanation')) as evaluation_bytes

    from records

)

select
    record_id,
    0 as item_no,
    concat_ws(chr(31), id, trace_id, span_id) as natural_key,
    cast(source_rank as smallint) as source_rank,
    case
        when occurred_at is null then 'no usable time'
        when id is null and span_id is null then 'no Id or SpanId'
    end as reject_reason,
    case
        when coalesce(input_bytes, output_bytes, instructions_bytes, arguments_bytes, result_bytes, evaluation_bytes) is null
            then 'a row that holds no content'
    end as exclude_reason,
    'platform' as layer,
    'content' as kind,
    occurred_at,
    resource_id,
    trace_id as operation_id,
    span_id,
    parent_span_id,
    agent_id,
    case when agent_id is not null then 'otel' end as agent_id_source,
    as_agent_id_kind(agent_id) as agent_id_kind,
    server_id,
    model,
    case when coalesce(output_bytes, result_bytes) is not null then coalesce(output_bytes, 0) + coalesce(result_bytes, 0) end as response_body_logged_bytes,
    json_object(
        'input_bytes', input_bytes,
        'output_bytes', output_bytes,
        'instructions_bytes', instructions_bytes,
        'tool_arguments_bytes', arguments_bytes,
        'tool_result_bytes', result_bytes,
        'evaluation_bytes', evaluation_bytes
    ) as tags,
    cast(1 as bigint) as weight

from picked
