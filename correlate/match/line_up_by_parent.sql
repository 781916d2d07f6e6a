-- name:    correlate/match/line_up_by_parent
-- purpose: Open calls of both sides that share a gateway request by parentage.
-- readers: later steps
-- grain:   one row per open call and side
-- param:   same_tool  boolean  -  both sides name the same tool; else one of them names none

with

families as (

    -- Requests that share a span (a client that retried with one traceparent) are one family.
    select server_key, min(request_key) as family
    from parents
    where is_possible
    group by server_key

),

gateway_families as (

    select parents.gateway_id, min(families.family) as family
    from parents
    inner join families on parents.server_key = families.server_key
    group by parents.gateway_id

)

select
    family || '|' || case
        when {same_tool:Boolean} then 'tool|' || gateway.tool_name
        when gateway.tool_name is null then 'server knows'
        else 'gateway knows'
    end as match_key,
    'gateway' as side,
    gateway.gateway_id as id,
    cast(gateway.at_us as double) as at_us,
    gateway.reach_us
from open_gateway as gateway
inner join gateway_families on gateway.gateway_id = gateway_families.gateway_id
where not {same_tool:Boolean} or gateway.tool_name is not null

union all

select
    family || '|' || case
        when {same_tool:Boolean} then 'tool|' || server.tool_name
        when server.tool_name is null then 'gateway knows'
        else 'server knows'
    end as match_key,
    'server' as side,
    server.server_key as id,
    server.gateway_us as at_us,
    0.0 as reach_us
from timed_servers as server
inner join families on server.server_key = families.server_key
where not {same_tool:Boolean} or server.tool_name is not null
