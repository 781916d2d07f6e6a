-- name:    correlate/match/line_up_by_trace
-- purpose: Open calls of both sides that share a trace: their own, or one that the server's links to.
-- readers: later steps
-- grain:   one row per open call and side
-- param:   linked     boolean  -   by the server's linked trace, not by its own
-- param:   same       varchar  -   both sides name the same 'tool and id' (of JSON-RPC), 'tool and
--                                  session' or 'tool'; or one of them names no tool: 'nothing'
-- param:   window_ms  bigint   ms  how far apart two starts may be where the server's clock is unknown

with

sides as (

    select
        operation_id,
        'gateway' as side,
        gateway_id as id,
        cast(at_us as double) as at_us,
        reach_us,
        cast(0.0 as double) as slack_us,
        true as is_clocked,
        tool_name,
        rpc_request_id,
        mcp_session_id
    from open_gateway
    where operation_id is not null and is_forwarded

    union all

    select
        case when {linked:Boolean} then other_operation_id else operation_id end as operation_id,
        'server' as side,
        server_key as id,
        gateway_us as at_us,
        cast(0.0 as double) as reach_us,
        case when is_clocked then slack_us else 1000.0 * {window_ms:Bigint} end as slack_us,
        is_clocked,
        tool_name,
        rpc_request_id,
        mcp_session_id
    from open_server

)

select
    operation_id || '|' || case
        when {same:Varchar} = 'tool' then tool_name
        when {same:Varchar} = 'tool and id' then tool_name || '|' || rpc_request_id
        when {same:Varchar} = 'tool and session' then tool_name || '|' || mcp_session_id
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
    operation_id is not null
    and ({same:Varchar} = 'nothing' or tool_name is not null)
    and ({same:Varchar} <> 'tool and id' or rpc_request_id is not null)
    and ({same:Varchar} <> 'tool and session' or mcp_session_id is not null)
