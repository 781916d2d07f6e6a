-- name:    correlate/match/line_up_by_parent
-- purpose: Open calls of both sides that share a gateway request by parentage.
-- readers: later steps
-- grain:   one row per open call and side
-- param:   same  varchar  -  both sides name the same 'tool and id' (of JSON-RPC) or 'tool'; or one of
--                            them names no tool: 'nothing'

with

families as (

    -- Requests that share a span (a client that retried with one traceparent) are one family.
    select parents.server_key, min(parents.request_key) as family
    from parents
    inner join open_server as server on parents.server_key = server.server_key
    where parents.is_possible
    group by parents.server_key

),

gateway_families as (

    select parents.gateway_id, min(families.family) as family
    from parents
    inner join families on parents.server_key = families.server_key
    where parents.is_possible
    group by parents.gateway_id

),

sides as (

    select
        gateway_families.family,
        'gateway' as side,
        gateway.gateway_id as id,
        cast(gateway.at_us as double) as at_us,
        gateway.reach_us,
        cast(0.0 as double) as slack_us,
        true as is_clocked,
        gateway.tool_name,
        gateway.rpc_request_id
    from open_gateway as gateway
    inner join gateway_families on gateway.gateway_id = gateway_families.gateway_id

    union all

    -- Of one family whatever the clocks say.
    select
        families.family,
        'server' as side,
        server.server_key as id,
        server.gateway_us as at_us,
        cast(0.0 as double) as reach_us,
        1e12 as slack_us,
        server.is_clocked,
        server.tool_name,
        server.rpc_request_id
    from open_server as server
    inner join families on server.server_key = families.server_key

)

select
    family || '|' || case
        when {same:Varchar} = 'tool' then tool_name
        when {same:Varchar} = 'tool and id' then tool_name || '|' || rpc_request_id
        when (tool_name is null) = (side = 'gateway') then 'server knows'
        else 'gateway knows'
    end as match_key,
    side,
    id,
    at_us,
    reach_us,
    slack_us,
    is_clocked,
    rpc_request_id
from sides
where
    ({same:Varchar} = 'nothing' or tool_name is not null)
    and ({same:Varchar} <> 'tool and id' or rpc_request_id is not null)
