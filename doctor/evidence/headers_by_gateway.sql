-- name:    doctor/evidence/headers_by_gateway
-- purpose: Of the requests that called a tool, how many brought what joins and attributes them, by gateway.
-- grain:   one row per gateway resource and source table
-- column:  resource_id    varchar  -         API Management service, or the Application Insights resource that it writes to
-- column:  source_table   varchar  -         Azure table or stream
-- column:  calls          bigint   requests  that called a tool
-- column:  with_session   bigint   requests  of these, with a session id
-- column:  with_trace     bigint   requests  of these, with a trace id
-- column:  with_agent     bigint   requests  of these, with an agent's id
-- column:  with_tool      bigint   requests  of these, that name the tool themselves

with

-- What the request was for may stand in another record of it alone.
tool_requests as (

    select distinct correlation_id

    from events

    where
        layer = 'gateway'
        and correlation_id is not null
        and (mcp_method = 'tools/call' or tool_name is not null)

)

select
    events.resource_id,
    events.source_table,
    count(*) as calls,
    count(events.mcp_session_id) as with_session,
    count(events.operation_id) as with_trace,
    count(events.agent_id) as with_agent,
    count(events.tool_name) as with_tool

from events

inner join tool_requests on events.correlation_id = tool_requests.correlation_id

where
    events.layer = 'gateway'
    and events.kind = 'request'

group by
    events.resource_id,
    events.source_table

order by resource_id, source_table
