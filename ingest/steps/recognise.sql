-- name:    ingest/recognise
-- purpose: For the records that name no table: which source's fields they have, or why none reads them.
-- grain:   one row per record that does not name its table

with

unnamed as (

    select
        record_id,
        json_kind,
        is_wrapped,
        case when json_kind = 'OBJECT' then bag_keys(body) else [] end as k,
        case when json_kind = 'OBJECT' then bag_values(body) else [] end as v

    from flat

    where named_source is null

),

by_fields as (

    select
        unnamed.record_id,
        min_by(signature.source, signature.rank) as fields_source

    from unnamed
    inner join signature on list_has_all(unnamed.k, signature.fields)

    group by unnamed.record_id

)

select
    unnamed.record_id,
    by_fields.fields_source,
    case
        when by_fields.fields_source is not null or json_kind <> 'OBJECT' then null
        when list_has_all(k, ['metricname', 'timegrain']) then 'a platform metric: an aggregate, not a call'
        when list_contains(k, 'otlp_metric') then 'an OTLP metric: an aggregate, not a call'
        when list_has_all(k, ['identity', 'resultsignature']) and lower(pick(k, v, 'category')) in ('write', 'delete', 'action', 'administrative')
            then 'an Azure activity log record: about resources, not calls'
        when list_contains(
            ['apppageviews', 'appbrowsertimings', 'appavailabilityresults', 'appperformancecounters', 'appsystemevents', 'azuremetrics', 'containerappsystemlogs', 'appserviceplatformlogs', 'appserviceauditlogs', 'appserviceipsecauditlogs', 'websocketconnectionlogs', 'apimanagementwebsocketconnectionlogs'],
            lower(coalesce(pick(k, v, 'type'), pick(k, v, 'category')))
        ) then 'a table about the platform, which tells of no call: ' || quoted_name(coalesce(pick(k, v, 'type'), pick(k, v, 'category')))
    end as exclude_reason,
    case
        when by_fields.fields_source is not null then null
        when is_wrapped then 'wrapped in too many envelopes'
        when json_kind = 'INVALID' then 'not valid JSON'
        when json_kind <> 'OBJECT' then 'a JSON ' || lower(json_kind) || ' where a record was expected'
        when list_contains(k, 'partial_answer') then 'the answer to a query says that it is partial: rows are missing'
        when list_contains(k, 'barren_envelope') then 'an envelope that holds no record'
        when list_contains(k, 'otlp_log') then 'an OTLP log record: evidence is read from spans'
        when list_contains(k, 'jsonrpc') then 'an MCP protocol message, not a telemetry record'
        when is_table_name(coalesce(pick(k, v, 'type'), pick(k, v, 'category')))
            then 'no source reads the table ' || quoted_name(coalesce(pick(k, v, 'type'), pick(k, v, 'category')))
        else 'no field of it names a table that is known'
    end as reject_reason

from unnamed
left join by_fields on unnamed.record_id = by_fields.record_id
