-- source:  ApimMcpTool
-- purpose: A tool that an MCP server of API Management declares.
-- docs:    https://learn.microsoft.com/azure/api-management/mcp-server-overview
-- grain:   one row per tool
-- key:     the resource id, when it was seen
-- says: Which tools an MCP server of the gateway declares.
-- cannot: Tools of servers that the gateway only passes through to.
-- recognised: type Microsoft.ApiManagement/service/apis/tools
-- recognised: type Microsoft.ApiManagement/service/workspaces/apis/tools

with

picked as (

    select
        record_id,
        lower(pick(k, v, 'id')) as id,
        coalesce(as_time(coalesce(pick(k, v, 'observedat'), pick(k, v, 'time'))), observed_at_of(record_id)) as observed_at,
        regexp_extract(pick(k, v, 'id'), '/apis/([^/]+)/tools/', 1) as api_id,
        coalesce(bag_value(pick(k, v, 'properties'), '$.displayName'), pick(k, v, 'name')) as tool_name

    from records

)

select
    record_id,
    0 as item_no,
    concat_ws('|', id, epoch_us(observed_at)) as natural_key,
    cast(1 as smallint) as source_rank,
    case when id is null or api_id = '' or tool_name is null then 'no resource id' end as reject_reason,
    'config' as layer,
    'tool' as kind,
    observed_at as occurred_at,
    nullif(regexp_extract(id, '^(.*/service/[^/]+)', 1), '') as resource_id,
    api_id as server_id,
    tool_name,
    cast(1 as bigint) as weight

from picked
