-- name:    ingest/read
-- purpose: Each pending value read once: an object's keys (lower case) and values, whether it holds
--          records instead of being one, and which source reads it, told by its own fields.
-- grain:   one row per pending value

with

typed as (

    select
        *,
        case when json_valid(body) then json_type(body) else 'INVALID' end as json_kind

    from pending

),

opened as (

    select
        *,
        case when json_kind = 'OBJECT' then lower_all(json_keys(body)) end as k,
        case when json_kind = 'OBJECT' then present_all(json_extract_string(body, '$.*')) end as v

    from typed

),

named as (

    select
        *,
        case
            when json_kind = 'ARRAY' then 'array'
            when json_kind = 'VARCHAR' and json_valid(json_extract_string(body, '$')) then 'text'
            when json_kind <> 'OBJECT' then null
            when pick(k, v, 'records')[1] = '[' then 'records'
            when pick(k, v, 'resourcespans')[1] = '[' then 'spans'
            when pick(k, v, 'resourcelogs')[1] = '[' then 'logs'
            when pick(k, v, 'resourcemetrics')[1] = '[' then 'metrics'
            when pick(k, v, 'tables')[1] = '[' then 'tables'
            -- Lists of Microsoft Graph and of Azure Resource Manager.
            when pick(k, v, 'value')[1] = '['
                and list_has_all(['value', 'count', 'nextlink', '@odata.context', '@odata.count', '@odata.nextlink'], k)
                then 'value'
        end as envelope,
        lower(pick(k, v, 'type')) as type_name,
        lower(pick(k, v, 'category')) as category_name,
        lower(pick(k, v, 'itemtype')) as item_type,
        lower(pick(k, v, '@odata.type')) as odata_type

    from opened

)

select
    named.record_id,
    named.record_path,
    named.body,
    named.json_kind,
    named.k,
    named.v,
    named.envelope,
    case
        when named.envelope is not null or named.json_kind <> 'OBJECT' then null
        when $forced <> '' then $forced
        else coalesce(by_first.source, by_type.source, by_category.source, by_item.source, by_odata.source)
    end as named_source

from named
left join signature as by_first
    on by_first.rank = 0
    and list_has_all(named.k, by_first.fields)
left join recognition as by_type
    on by_type.way = 'type'
    and by_type.name = named.type_name
left join recognition as by_category
    on by_category.way = 'category'
    and by_category.name = named.category_name
    and contains(
        lower(concat_ws(' ', pick(named.k, named.v, 'operationname'), pick(named.k, named.v, 'resourceid'), pick(named.k, named.v, '_resourceid'))),
        by_category.provider
    )
left join recognition as by_item
    on by_item.way = 'itemtype'
    and by_item.name = named.item_type
left join recognition as by_odata
    on by_odata.way = 'odata'
    and by_odata.name = named.odata_type
