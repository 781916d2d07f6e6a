-- name:    doctor/azure/mcp_apis_seen
-- purpose: Which APIs of gateways tool calls were seen at.
-- grain:   one row per API
-- column:  api  varchar  -  the gateway's name for it, in lower case

select distinct x_lower(server_id) as api

from events

where
    layer = 'gateway'
    and server_id is not null
    and (mcp_method is not null or tool_name is not null)

order by api
