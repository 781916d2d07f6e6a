-- name:    correlate/match/line_up_by_trace
-- purpose: Open calls of both sides that share a trace: their own, or one that the server's links to.
-- readers: later steps
-- grain:   one row per open call and side
-- param:   same_tool  boolean  -  both sides name the same tool; else one of them names none
-- param:   linked     boolean  -  by the server's linked trace, not by its own

with

servers as (

    select
        server_key,
        tool_name,
        is_call,
        gateway_us,
        case when {linked:Boolean} then other_operation_id else operation_id end as operation_id
    from timed_servers

)

select
    operation_id || '|' || case
        when {same_tool:Boolean} then 'tool|' || tool_name
        when tool_name is null then 'server knows'
        else 'gateway knows'
    end as match_key,
    'gateway' as side,
    gateway_id as id,
    cast(at_us as double) as at_us,
    reach_us
from open_gateway
where
    operation_id is not null
    and is_forwarded
    and (not {same_tool:Boolean} or tool_name is not null)

union all

select
    operation_id || '|' || case
        when {same_tool:Boolean} then 'tool|' || tool_name
        when tool_name is null then 'gateway knows'
        else 'server knows'
    end as match_key,
    'server' as side,
    server_key as id,
    gateway_us as at_us,
    0.0 as reach_us
from servers
where operation_id is not null and (not {same_tool:Boolean} or tool_name is not null)
