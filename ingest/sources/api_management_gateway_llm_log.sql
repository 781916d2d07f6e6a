-- source:  ApiManagementGatewayLlmLog
-- purpose: Tokens of a model request through the gateway; its messages are never kept.
-- docs:    https://learn.microsoft.com/azure/azure-monitor/reference/tables/apimanagementgatewayllmlog
-- grain:   one row per chunk of a request; only one chunk carries model and tokens
-- key:     resource, CorrelationId, SequenceNumber; all that is read of it where it has no CorrelationId
-- says: Tokens and model of one request to a model through the gateway, and that its messages were logged.
-- cannot: Who asked: that comes from the gateway's row with the same CorrelationId.
-- cannot: How much of the prompt came from a cache, so that its cost is an upper bound.
-- recognised: type ApiManagementGatewayLlmLog
-- recognised: category GatewayLlmLogs of microsoft.apimanagement
-- recognised: fields correlationid sequencenumber prompttokens

with

picked as (

    select
        record_id,
        case when len(ik) > 0 then 1 else 2 end as source_rank,
        as_time(coalesce(pick(k, v, 'timegenerated'), pick(k, v, 'time'))) as occurred_at,
        lower(coalesce(pick(k, v, '_resourceid'), pick(k, v, 'resourceid'))) as resource_id,
        pick_either(ik, iv, k, v, 'correlationid') as correlation_id,
        pick_either(ik, iv, k, v, 'sequencenumber') as sequence_number,
        pick_either(ik, iv, k, v, 'modelname') as model,
        pick_either(ik, iv, k, v, 'deploymentname') as deployment,
        as_bigint(pick_either(ik, iv, k, v, 'prompttokens')) as input_tokens,
        as_bigint(pick_either(ik, iv, k, v, 'completiontokens')) as output_tokens,
        as_bigint(pick_either(ik, iv, k, v, 'totaltokens')) as total_tokens,
        pick_either(ik, iv, k, v, 'responsemessages') as response_messages,
        -- What is pulled from Log Analytics brings the size alone.
        as_bigint(pick(k, v, 'responsemessagesbytes')) as response_messages_bytes,
        coalesce(pick(k, v, 'region'), pick(k, v, 'location')) as region

    from opened_records

)

select
    record_id,
    0 as item_no,
    case when correlation_id is not null then concat_ws(chr(31), correlation_id, coalesce(try_cast(sequence_number as bigint), 0)) end as natural_key,
    cast(source_rank as smallint) as source_rank,
    case
        when occurred_at is null then 'no usable time'
        when sequence_number is not null and try_cast(sequence_number as bigint) is null then 'a SequenceNumber that is no number'
        else odd_tokens(input_tokens, null, output_tokens)
    end as reject_reason,
    'model' as layer,
    'tokens' as kind,
    occurred_at,
    resource_id,
    correlation_id,
    model,
    -- A chunk of the messages has zeroes where it has nothing to say.
    case when total_tokens > 0 or input_tokens > 0 or output_tokens > 0 then input_tokens end as input_tokens,
    case when total_tokens > 0 or input_tokens > 0 or output_tokens > 0 then output_tokens end as output_tokens,
    case
        when response_messages_bytes > 2 then response_messages_bytes
        when length(response_messages) > 2 then strlen(response_messages)
    end as response_body_logged_bytes,
    region,
    json_object('deployment', deployment) as tags,
    cast(1 as bigint) as weight

from picked
