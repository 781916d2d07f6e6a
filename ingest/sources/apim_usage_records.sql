-- source:  LogToEventHubUsage
-- purpose: Tokens of one model request, as a log-to-eventhub policy writes them: free JSON, one object a message.
-- docs:    https://learn.microsoft.com/azure/api-management/log-to-eventhub-policy
-- grain:   one row per model request
-- key:     request id of the gateway, else the id of the model's answer
-- says: Tokens of one model request, by application, product and subscription.
-- cannot: What a record without the gateway's request id costs beside ApiManagementGatewayLlmLog: it is kept as `usage`, and no cost counts it. Add `context.RequestId` as `requestId` to the policy to have it counted once.
-- cannot: Whether the application id was verified: the policy wrote it.
-- recognised: fields prompttokens responsetokens gatewayname
-- recognised: fields prompttokens totaltokens productname
-- recognised: fields prompttokens totaltokens requestid timestamp

with

picked as (

    select
        record_id,
        as_time(coalesce(pick(k, v, 'eventtime'), pick(k, v, 'timestamp'), pick(k, v, 'time'), pick(k, v, 'eventenqueuedutctime'))) as occurred_at,
        pick_any(k, v, 'requestid', 'request_id', 'correlationid', 'correlation_id') as correlation_id,
        pick(k, v, 'id') as answer_id,
        pick_any(k, v, 'appid', 'agentid', 'azp') as agent_id,
        pick(k, v, 'enduserid') as user_id,
        pick(k, v, 'model') as model,
        pick(k, v, 'deploymentname') as deployment,
        as_bigint(pick(k, v, 'prompttokens')) as input_tokens,
        as_bigint(pick_any(k, v, 'responsetokens', 'completiontokens')) as output_tokens,
        as_bigint(pick(k, v, 'totaltokens')) as total_tokens,
        pick(k, v, 'subscriptionid') as subscription_id,
        pick(k, v, 'productname') as product,
        host_of(pick(k, v, 'gatewayname')) as gateway,
        pick(k, v, 'gatewayregion') as region,
        pick(k, v, 'requestip') as caller_ip,
        pick(k, v, 'backendid') as backend

    from records

)

select
    record_id,
    0 as item_no,
    concat_ws(chr(31), gateway, coalesce(correlation_id, answer_id, concat_ws(chr(31), epoch_ms(occurred_at), agent_id, model, input_tokens, output_tokens))) as natural_key,
    cast(1 as smallint) as source_rank,
    case
        when occurred_at is null then 'no usable time'
        else odd_tokens(input_tokens, null, output_tokens)
    end as reject_reason,
    -- By the gateway's request id a use is told from its copy in ApiManagementGatewayLlmLog; without it
    -- the record is kept to compare with, and counted nowhere.
    case when correlation_id is not null then 'model' else 'platform' end as layer,
    case when correlation_id is not null then 'tokens' else 'usage' end as kind,
    occurred_at,
    correlation_id,
    agent_id,
    case when agent_id is not null then 'header' end as agent_id_source,
    as_agent_id_kind(agent_id) as agent_id_kind,
    user_id as caller_identity,
    caller_ip,
    region,
    subscription_id,
    model,
    input_tokens,
    output_tokens,
    json_object('deployment', deployment, 'gateway', gateway, 'product', product, 'backend', backend, 'total_tokens', total_tokens) as tags,
    cast(1 as bigint) as weight

from picked
