-- source:  ApimMcpApi
-- purpose: An API of API Management; an MCP server where its type says so.
-- docs:    https://learn.microsoft.com/azure/api-management/mcp-server-overview
-- grain:   one row per API, and one per tool that it declares inline
-- key:     the resource id, when it was seen so, its properties, the tool
-- says: Which APIs are MCP servers, and what they are called.
-- cannot: Whether anybody calls them.
-- recognised: type Microsoft.ApiManagement/service/apis
-- recognised: type Microsoft.ApiManagement/service/workspaces/apis

with

picked as (

    select
        record_id,
        lower(pick(k, v, 'id')) as id,
        coalesce(pick(k, v, 'name'), regexp_extract(pick(k, v, 'id'), '/apis/([^/]+)$', 1)) as api_id,
        coalesce(as_time(coalesce(pick(k, v, 'observedat'), pick(k, v, 'time'))), observed_at_of(record_id)) as observed_at,
        bag_text(pick(k, v, 'properties')) as properties

    from records

),

named as (

    select
        *,
        list_filter(json_extract_string(properties, '$.mcpTools[*].name'), lambda each_name: present(each_name) is not null) as tool_names,
        lower(json_extract_string(properties, '$.type')) as api_type,
        json_extract_string(properties, '$.path') as path

    from picked

),

itemised as (

    select
        *,
        unnest(list_concat([cast(null as varchar)], tool_names)) as tool_name,
        cast(unnest(range(len(tool_names) + 1)) as integer) as item_no

    from named

)

select
    record_id,
    item_no,
    concat_ws('|', id, epoch_us(observed_at), md5(properties)) as natural_key,
    cast(1 as smallint) as source_rank,
    case
        when id is null or api_id is null then 'no resource id'
        when properties = '{}' then 'no properties'
    end as reject_reason,
    -- Some publish an MCP server as a plain HTTP API; its path gives it away.
    case when coalesce(api_type, '') <> 'mcp' and not coalesce(regexp_matches(path, '(^|/)(mcp|sse|messages?)$'), false) then 'an API that is no MCP server' end as exclude_reason,
    'config' as layer,
    case when tool_name is null then 'server' else 'tool' end as kind,
    observed_at as occurred_at,
    nullif(regexp_extract(id, '^(.*/service/[^/]+)', 1), '') as resource_id,
    api_id as server_id,
    tool_name,
    cast(1 as bigint) as weight,
    case when tool_name is null then
        json_object(
            'names', list_filter([api_id, json_extract_string(properties, '$.displayName')], lambda each_name: each_name is not null),
            'hosts', list_filter([host_of(json_extract_string(properties, '$.serviceUrl'))], lambda each_name: each_name is not null),
            'path', path
        )
    end as tags

from itemised
