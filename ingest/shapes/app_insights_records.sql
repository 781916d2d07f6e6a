-- name:    ingest/app_insights_records
-- purpose: What all Application Insights tables have in common, in their three shapes: the workspace
--          table, the classic table, the diagnostic stream.
-- grain:   one row per record

with

opened as (

    select
        *,
        coalesce(pick(k, v, 'properties'), pick(k, v, 'customdimensions')) as properties_text,
        pick(k, v, 'operation_id') is not null as is_classic

    from records

),

bagged as (

    select
        *,
        bag_keys(properties_text) as bk,
        bag_values(properties_text) as bv

    from opened

),

-- A Python application leaves a dict inside custom_dimensions, or instead of the bag.
nested as (

    select
        *,
        coalesce(pick(bk, bv, 'custom_dimensions'), case when starts_with(ltrim(properties_text), '{''') then properties_text end) as custom_text

    from bagged

),

picked as (

    select
        *,
        case when custom_text is null then bk else list_concat(bk, list_concat(bag_keys(custom_text), python_keys(custom_text))) end as pk,
        case when custom_text is null then bv else list_concat(bv, list_concat(bag_values(custom_text), python_values(custom_text))) end as pv,
        coalesce(pick(k, v, 'timegenerated'), pick(k, v, 'time'), pick(k, v, 'timestamp')) as time_text,
        coalesce(pick(k, v, 'operationid'), pick(k, v, 'operation_id')) as operation_text,
        coalesce(pick(k, v, 'parentid'), pick(k, v, 'operation_parentid')) as parent_text,
        pick(k, v, 'id') as id_text,
        pick(k, v, 'itemcount') as item_count_text

    from nested

)

select
    record_id,
    k,
    v,
    pk,
    pv,
    agent_of(pk, pv) as agent_id,
    agent_source_of(pk, pv) as agent_source,
    as_time(time_text) as occurred_at,
    lower(coalesce(pick(k, v, '_resourceid'), pick(k, v, 'resourceid'))) as resource_id,
    as_trace_id(operation_text) as operation_id,
    as_span_id(id_text) as span_id,
    as_span_id(parent_text) as parent_span_id,
    coalesce(pick(k, v, 'approlename'), pick(k, v, 'cloud_rolename')) as role_name,
    as_duration(coalesce(pick(k, v, 'durationms'), pick(k, v, 'duration'))) as duration_ms,
    case when item_count_text is null then 1 else try_cast(item_count_text as bigint) end as item_count,
    -- API Management writes one of these on its own rows.
    pick(pk, pv, 'request id') is not null or pick_any(pk, pv, 'api type', 'api.type') is not null as is_gateway,
    cast(case when is_classic then 3 when pick(k, v, 'time') is not null then 1 else 2 end as smallint) as source_rank

from picked
