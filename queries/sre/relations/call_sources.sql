-- name:    sre/relations/call_sources
-- purpose: The sources that tell of calls, and which contract fields each of them can hold when it is set up to.
-- readers: SRE
-- grain:   one row per source of call evidence and contract field
-- column:  source_table  varchar  -  Azure table or stream
-- column:  layer         varchar  -  gateway or server
-- column:  kind          varchar  -  request or call
-- column:  field         varchar  -  contract field
-- column:  can_hold      boolean  -  as logged or configured; false: no setting brings it

with

-- What a policy can trace, the gateway's log can hold; approvals are known to the server alone.
sources as (

    select
        'ApiManagementGatewayLogs' as source_table,
        'gateway' as layer,
        'request' as kind,
        ',timestamp,agent_id,server_id,tool_name,mcp_session_id,caller_identity,downstream_resource,authorization_mode,latency_ms,result_code,'
            as fields

    union all

    select
        'ApiManagementGatewayMCPLog' as source_table,
        'gateway' as layer,
        'call' as kind,
        -- ErrorType of a call that failed; it has no status.
        ',timestamp,server_id,tool_name,mcp_session_id,downstream_resource,result_code,' as fields

    union all

    select
        'AppRequests' as source_table,
        'gateway' as layer,
        'request' as kind,
        ',timestamp,agent_id,server_id,tool_name,mcp_session_id,caller_identity,latency_ms,result_code,'
            as fields

    union all

    select
        'AppRequests' as source_table,
        'server' as layer,
        'request' as kind,
        ',timestamp,agent_id,server_id,tool_name,mcp_session_id,caller_identity,downstream_resource,authorization_mode,approval_required,approval_result,latency_ms,result_code,'
            as fields

    union all

    select
        names.source_table,
        'server' as layer,
        'call' as kind,
        ',timestamp,agent_id,server_id,tool_name,mcp_session_id,caller_identity,downstream_resource,authorization_mode,approval_required,approval_result,latency_ms,result_code,'
            as fields
    from (
        select 'AppTraces' as source_table
        union all
        select 'AppEvents' as source_table
        union all
        select 'OTelSpans' as source_table
    ) as names

),

contract as (

    select
        x_each(
            x_split(
                'timestamp,agent_id,server_id,tool_name,mcp_session_id,caller_identity,downstream_resource,authorization_mode,approval_required,approval_result,latency_ms,result_code',
                ','
            )
        ) as field

)

select
    sources.source_table,
    sources.layer,
    sources.kind,
    contract.field,
    x_contains(sources.fields, ',' || contract.field || ',') as can_hold

from sources
cross join contract

order by source_table, layer, kind, field
