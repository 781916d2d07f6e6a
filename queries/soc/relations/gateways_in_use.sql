-- name:    soc/relations/gateways_in_use
-- purpose: API Management services that carried MCP traffic, by their own logs.
-- readers: SOC
-- grain:   one row per service
-- param:   from_at  timestamptz  UTC  window start, inclusive (default: now-30d)
-- param:   to_at    timestamptz  UTC  window end, exclusive (default: now)
-- column:  gateway  varchar      -    API Management service

select distinct resource_id as gateway

from events

where
    layer = 'gateway'
    -- The gateway's own telemetry in Application Insights is another resource.
    and x_contains(resource_id, '/microsoft.apimanagement/service/')
    and (mcp_method is not null or tool_name is not null)
    and occurred_at >= {from_at:Timestamp}
    and occurred_at < {to_at:Timestamp}

order by gateway
