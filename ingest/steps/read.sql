-- name:    ingest/read
-- purpose: Each pending value looked at once: what it is, whether it holds records instead of being
--          one, and which source reads it where it names its table.
-- grain:   one row per pending value

with

looked_at as (

    select
        *,
        -- NULL for what is not JSON; one list, so that the text is read once.
        try(json_type(body, ['$', '$.records', '$.resourceSpans', '$.resourceLogs', '$.resourceMetrics', '$.tables', '$.value'])) as kinds

    from pending

),

named as (

    select
        *,
        coalesce(kinds[1], 'INVALID') as json_kind,
        case when kinds[1] = 'OBJECT' then
            json_extract_string(body, ['$.Type', '$.type', '$.category', '$.itemType', '$."@odata.type"', '$.time', '$.operationName', '$.resourceId'])
        end as names

    from looked_at

),

enveloped as (

    select
        *,
        case
            when json_kind = 'ARRAY' then 'array'
            when json_kind = 'VARCHAR' and json_valid(json_extract_string(body, '$')) then 'text'
            when json_kind <> 'OBJECT' then null
            when kinds[2] = 'ARRAY' then 'records'
            when kinds[3] = 'ARRAY' then 'spans'
            when kinds[4] = 'ARRAY' then 'logs'
            when kinds[5] = 'ARRAY' then 'metrics'
            when kinds[6] = 'ARRAY' then 'tables'
            -- Lists of Microsoft Graph and of Azure Resource Manager.
            when kinds[7] = 'ARRAY'
                and list_has_all(['value', 'count', 'nextlink', '@odata.context', '@odata.count', '@odata.nextlink'], lower_all(json_keys(body)))
                then 'value'
        end as envelope,
        lower(coalesce(names[1], names[2])) as type_name,
        -- A row of a table has a category too; only the stream's record is told by it.
        case when names[6] is not null then lower(names[3]) end as category_name,
        lower(names[4]) as item_type,
        lower(names[5]) as odata_type,
        lower(concat_ws(' ', names[7], names[8])) as origin_text

    from named

)

select
    enveloped.record_id,
    enveloped.json_kind,
    enveloped.envelope,
    case
        when enveloped.envelope is not null or enveloped.json_kind <> 'OBJECT' then null
        when $forced <> '' then $forced
        else coalesce(by_type.source, by_category.source, by_item.source, by_odata.source)
    end as named_source

from enveloped
left join recognition as by_type
    on by_type.way = 'type'
    and by_type.name = enveloped.type_name
left join recognition as by_category
    on by_category.way = 'category'
    and by_category.name = enveloped.category_name
    and contains(enveloped.origin_text, by_category.provider)
left join recognition as by_item
    on by_item.way = 'itemtype'
    and by_item.name = enveloped.item_type
left join recognition as by_odata
    on by_odata.way = 'odata'
    and by_odata.name = enveloped.odata_type
