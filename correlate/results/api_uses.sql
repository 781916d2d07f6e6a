-- name:    correlate/results/api_uses
-- purpose: What the APIs of the gateway are used for, by its own name for each.
-- readers: results/model_apis, results/gateway_settings
-- grain:   one row per API and resource

select
    server_id,
    resource_id,
    -- What of it was asked for, if anything: by requests and calls alone.
    max(
        case
            when layer <> 'gateway' or kind not in ('request', 'call') then null
            when kind = 'call' or mcp_method is not null or tool_name is not null then 1
            else 0
        end
    ) as is_asked_for_mcp,
    -- By its own traffic, or because the gateway declares the API as an MCP server.
    max(
        case
            when layer = 'config' then case when kind in ('server', 'tool') then 1 else 0 end
            when kind = 'call' or mcp_method is not null or tool_name is not null then 1
            else 0
        end
    ) as is_mcp
from events
where layer in ('gateway', 'config') and server_id is not null
group by server_id, resource_id
