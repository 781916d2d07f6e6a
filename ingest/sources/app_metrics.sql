-- source:  AppMetrics
-- purpose: Tokens that API Management's emit-token-metric policies counted, a minute at a time.
-- docs:    https://learn.microsoft.com/azure/azure-monitor/reference/tables/appmetrics
-- grain:   one row per metric, minute and set of dimensions
-- key:     the whole row, as the table has no id of its own
-- says: Tokens a minute by API, subscription, user or model, to compare with what was counted by request.
-- cannot: Which request used them, so that they are never added to costs.
-- cannot: Exact tokens of streamed answers: API Management estimates those.
-- cannot: Anything else: other metrics are set aside as aggregates.
-- recognised: type AppMetrics
-- recognised: itemtype customMetric
-- recognised: fields name sum itemcount properties
-- recognised: fields name valuesum valuecount customdimensions

with

picked as (

    select
        record_id,
        occurred_at,
        resource_id,
        role_name,
        -- Each instance of a gateway counts for itself, and two may count the same.
        coalesce(pick(k, v, 'approleinstance'), pick(k, v, 'cloud_roleinstance')) as role_instance,
        source_rank,
        pick(k, v, 'name') as metric,
        as_double(coalesce(pick(k, v, 'sum'), pick(k, v, 'valuesum'), pick(k, v, 'value'))) as total,
        as_bigint(coalesce(pick(k, v, 'valuecount'), pick(k, v, 'itemcount'))) as requests,
        pk,
        pv

    from app_insights_records

),

named as (

    select
        *,
        case lower(metric)
            when 'prompt tokens' then 'input'
            when 'prompt cached tokens' then 'cached'
            when 'completion tokens' then 'output'
            when 'total tokens' then 'total'
        end as meter,
        -- A metric is a sum over all instances of a gateway, and no sum of theirs is larger.
        case when total between 0 and 1000000000000000 then try_cast(total as bigint) end as tokens

    from picked

)

select
    record_id,
    0 as item_no,
    concat_ws(chr(31), epoch_ms(occurred_at), metric, role_name, role_instance, tokens, requests, md5(array_to_string(list_sort(list_transform(list_zip(pk, pv), lambda pair: concat_ws('=', pair[1], pair[2]))), chr(30)))) as natural_key,
    source_rank,
    case
        when occurred_at is null then 'no usable time'
        when meter is not null and tokens is null then 'no usable number of tokens'
    end as reject_reason,
    case when meter is null then 'a metric: an aggregate, not a call' end as exclude_reason,
    'platform' as layer,
    'metric' as kind,
    occurred_at,
    resource_id,
    agent_of(pk, pv) as agent_id,
    agent_source_of(pk, pv) as agent_id_source,
    agent_kind_of(agent_source_of(pk, pv), agent_of(pk, pv)) as agent_id_kind,
    pick_any(pk, pv, 'oid', 'user id', 'callerid') as caller_identity,
    pick(pk, pv, 'subscription id') as subscription_id,
    pick_any(pk, pv, 'model', 'deployment') as model,
    case when meter = 'input' then tokens end as input_tokens,
    case when meter = 'cached' then tokens end as cached_input_tokens,
    case when meter = 'output' then tokens end as output_tokens,
    json_object('metric', meter, 'total_tokens', case when meter = 'total' then tokens end, 'requests', requests, 'api', pick(pk, pv, 'api id'), 'product', pick_any(pk, pv, 'product id', 'product')) as tags,
    -- ItemCount is how many requests were added up here, not sampling.
    cast(1 as bigint) as weight

from named
