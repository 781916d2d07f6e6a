-- name:    ingest/unwrap
-- purpose: What is inside the envelopes; read again until nothing is wrapped.
-- grain:   one row per value inside an envelope

with

lists as (

    select
        record_id,
        record_path,
        case envelope when 'array' then '' when 'logs' then 'logRecords' when 'metrics' then 'metrics' else envelope end as list_name,
        case envelope
            when 'array' then json_extract(body, '$[*]')
            when 'records' then json_extract(body, '$.records[*]')
            when 'value' then json_extract(body, '$.value[*]')
            when 'logs' then json_extract(body, '$.resourceLogs[*].scopeLogs[*].logRecords[*]')
            when 'metrics' then json_extract(body, '$.resourceMetrics[*].scopeMetrics[*].metrics[*]')
        end as items,
        case envelope when 'logs' then 'otlp_log' when 'metrics' then 'otlp_metric' end as wrap_key

    from enveloped

    where envelope in ('array', 'records', 'value', 'logs', 'metrics')

),

listed as (

    select
        record_id,
        record_path,
        list_name,
        wrap_key,
        unnest(items) as item,
        unnest(range(len(items))) as item_no

    from lists

),

resource_spans as (

    -- Parsed once: each further look at the text of a list takes several times its size.
    select
        record_id,
        record_path,
        unnest(json_transform(body, '{
            "resourceSpans": [{"resource": "JSON", "scopeSpans": [{"scope": "JSON", "spans": ["JSON"]}]}]
        }')."resourceSpans") as resource_span

    from enveloped

    where envelope = 'spans'

),

scope_spans as (

    select
        record_id,
        record_path,
        resource_span.resource,
        unnest(resource_span."scopeSpans") as scope_span

    from resource_spans

),

spans as (

    select
        record_id,
        record_path,
        resource,
        scope_span.scope,
        unnest(scope_span.spans) as span,
        unnest(range(len(scope_span.spans))) as item_no

    from scope_spans

),

-- The query API answers with columns and rows: {"tables":[{"columns":[{name}],"rows":[[…]]}]}.
answer_tables as (

    select
        record_id,
        record_path,
        unnest(json_extract(body, '$.tables[*]')) as answer

    from enveloped

    where envelope = 'tables'

),

answer_rows as (

    select
        record_id,
        record_path,
        json_extract_string(answer, '$.columns[*].name') as names,
        unnest(json_extract(answer, '$.rows[*]')) as answer_row,
        unnest(range(cast(json_array_length(answer, '$.rows') as bigint))) as item_no

    from answer_tables

),

unwrapped as (

    select
        record_id,
        concat_ws('.', record_path, list_name || '[' || item_no || ']') as record_path,
        case when wrap_key is null then cast(item as varchar) else '{"' || wrap_key || '":' || cast(item as varchar) || '}' end as body

    from listed

    union all

    select
        record_id,
        record_path,
        json_extract_string(body, '$') as body

    from enveloped

    where envelope = 'text'

    union all

    select
        record_id,
        concat_ws('.', record_path, 'spans[' || item_no || ']') as record_path,
        cast(json_object('otlp_span', span, 'otlp_resource', resource, 'otlp_scope', scope) as varchar) as body

    from spans

    union all

    select
        record_id,
        concat_ws('.', record_path, 'rows[' || item_no || ']') as record_path,
        '{' || array_to_string(
            list_transform(
                list_zip(names, json_extract(answer_row, '$[*]')),
                lambda cell: cast(to_json(cell[1]) as varchar) || ':' || coalesce(cast(cell[2] as varchar), 'null')
            ),
            ','
        ) || '}' as body

    from answer_rows

),

-- What an envelope promised and does not hold is a record that cannot be used, never nothing at all.
missing as (

    select
        enveloped.record_id,
        concat_ws('.', enveloped.record_path, 'error') as record_path,
        '{"partial_answer":true}' as body

    from enveloped

    where envelope = 'tables' and json_extract(body, '$.error') is not null

    union all

    select
        enveloped.record_id,
        enveloped.record_path,
        '{"barren_envelope":true}' as body

    from enveloped
    anti join unwrapped on enveloped.record_id = unwrapped.record_id

    where case enveloped.envelope
        when 'spans' then json_array_length(enveloped.body, '$.resourceSpans')
        when 'logs' then json_array_length(enveloped.body, '$.resourceLogs')
        when 'metrics' then json_array_length(enveloped.body, '$.resourceMetrics')
        when 'tables' then json_array_length(enveloped.body, '$.tables') - coalesce(len(json_extract(enveloped.body, '$.tables[*].rows')), 0)
        else 0
    end > 0

),

inside as (

    select * from unwrapped

    union all

    select * from missing

)

select
    -- 2^30 ids belong to a line: each of up to seven rounds has 2^27 of them, more than the values that
    -- fit into the longest line that is read.
    ((inside.record_id >> 30) << 30) + ((cast($round as bigint) + 1) << 27) + row_number() over (partition by inside.record_id >> 30) as record_id,
    inside.record_path,
    inside.body

from inside
inner join enveloped on inside.record_id = enveloped.record_id
