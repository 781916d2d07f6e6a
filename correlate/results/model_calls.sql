-- name:    correlate/results/model_calls
-- purpose: One row per model request: through the gateway, or as reported by an OpenTelemetry span that
--          is not the same use of the same trace again.
-- readers: queries
-- grain:   one row per request to a model
-- table:   model_calls

with

usage as (

    -- Only the header row of a request carries tokens; its other rows are pieces of the messages.
    select event.*
    from events as event
    where
        event.layer = 'model'
        and event.kind = 'tokens'
        and (event.input_tokens is not null or event.output_tokens is not null)

),

by_gateway as (

    select *
    from usage
    where correlation_id is not null
    qualify row_number() over (
        partition by correlation_id
        order by
            coalesce(input_tokens, 0) + coalesce(output_tokens, 0) desc,
            case when model is null then 1 else 0 end,
            item_no,
            event_id
    ) = 1

),

callers as (

    select
        coalesce(correlation_id, '') as correlation_id,
        min(agent_id) as agent_id,
        min(caller_identity) as caller_identity,
        min(subscription_id) as subscription_id,
        min(conversation_id) as conversation_id,
        min(operation_id) as operation_id
    from events
    where
        layer = 'gateway'
        and kind = 'request'
        and correlation_id in (select correlation_id from usage)
    group by correlation_id

),

through_gateway as (

    select
        by_gateway.event_id,
        by_gateway.occurred_at,
        by_gateway.correlation_id,
        coalesce(by_gateway.operation_id, callers.operation_id) as operation_id,
        coalesce(by_gateway.agent_id, callers.agent_id) as agent_id,
        coalesce(by_gateway.caller_identity, callers.caller_identity) as caller_identity,
        coalesce(by_gateway.subscription_id, callers.subscription_id) as subscription_id,
        coalesce(by_gateway.conversation_id, callers.conversation_id) as conversation_id,
        by_gateway.model,
        by_gateway.input_tokens,
        by_gateway.cached_input_tokens,
        by_gateway.output_tokens,
        by_gateway.weight,
        by_gateway.tags
    from by_gateway
    left join callers on by_gateway.correlation_id = callers.correlation_id

),

seen_by_gateway as (

    select operation_id, count(*) as requests
    from through_gateway
    where operation_id is not null
    group by operation_id

),

by_spans as (

    select
        *,
        row_number() over (partition by operation_id order by occurred_at, event_id) as position
    from usage
    where correlation_id is null

),

all_usage as (

    select * from through_gateway

    union all

    select
        by_spans.event_id,
        by_spans.occurred_at,
        by_spans.correlation_id,
        by_spans.operation_id,
        by_spans.agent_id,
        by_spans.caller_identity,
        by_spans.subscription_id,
        by_spans.conversation_id,
        by_spans.model,
        by_spans.input_tokens,
        by_spans.cached_input_tokens,
        by_spans.output_tokens,
        by_spans.weight,
        by_spans.tags
    from by_spans
    left join seen_by_gateway on by_spans.operation_id = seen_by_gateway.operation_id
    where by_spans.position > coalesce(seen_by_gateway.requests, 0)

)

select
    all_usage.event_id,
    all_usage.occurred_at as "timestamp",
    all_usage.correlation_id,
    all_usage.operation_id,
    coalesce(agent.agent_id, all_usage.agent_id, subscriber.agent_id) as agent_id,
    all_usage.caller_identity,
    all_usage.subscription_id,
    all_usage.conversation_id,
    all_usage.model,
    x_json1(all_usage.tags, 'deployment') as deployment,
    all_usage.input_tokens,
    all_usage.cached_input_tokens,
    all_usage.output_tokens,
    all_usage.weight
from all_usage
left join known_agent_names as agent on x_lower(all_usage.agent_id) = agent.name
left join known_agent_names as subscriber on x_lower(all_usage.subscription_id) = subscriber.name
