-- name:    ingest/read
-- purpose: Each pending value looked at once: what it is, whether it holds records instead of being
--          one, and which source reads it where it names its table.
-- grain:   one row per pending value

with

looked_at as (

    select
        record_id,
        body,
        -- NULL for what is not JSON. What an envelope holds is of no interest yet, only that it is a list.
        try(json_transform(body, '{
            "Type": "VARCHAR", "category": "VARCHAR", "itemType": "VARCHAR", "@odata.type": "VARCHAR",
            "time": "VARCHAR", "operationName": "VARCHAR", "resourceId": "VARCHAR",
            "records": ["BOOLEAN"], "resourceSpans": ["BOOLEAN"], "resourceLogs": ["BOOLEAN"],
            "resourceMetrics": ["BOOLEAN"], "tables": ["BOOLEAN"], "value": ["BOOLEAN"]
        }')) as looked

    from pending

),

named as (

    select
        record_id,
        body,
        looked,
        case
            when looked is null and trim(body, chr(13) || chr(9) || ' ') = '' then 'BLANK'
            when looked is null then coalesce(try(json_type(body)), 'INVALID')
            when starts_with(body, '{') then 'OBJECT'
            else try(json_type(body))
        end as json_kind,
        -- A struct cannot hold it beside the other.
        coalesce(looked."Type", try(json_extract_string(body, '$.type'))) as type_name

    from looked_at

),

enveloped as (

    select
        record_id,
        json_kind,
        case
            when json_kind = 'ARRAY' then 'array'
            when json_kind = 'VARCHAR' and json_valid(json_extract_string(body, '$')) then 'text'
            when json_kind <> 'OBJECT' then null
            when looked.records is not null then 'records'
            when looked."resourceSpans" is not null then 'spans'
            when looked."resourceLogs" is not null then 'logs'
            when looked."resourceMetrics" is not null then 'metrics'
            when looked.tables is not null then 'tables'
            -- Lists of Microsoft Graph and of Azure Resource Manager.
            when looked.value is not null
                and list_has_all(['value', 'count', 'nextlink', '@odata.context', '@odata.count', '@odata.nextlink'], bag_keys(body))
                then 'value'
        end as envelope,
        lower(type_name) as type_name,
        -- A row of a table has a category too; only the stream's record is told by it.
        case when looked.time is not null then lower(looked.category) end as category_name,
        lower(looked."itemType") as item_type,
        lower(looked."@odata.type") as odata_type,
        lower(concat_ws(' ', looked."operationName", looked."resourceId")) as origin_text

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
