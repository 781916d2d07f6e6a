-- source:  ApiManagementGatewayMCPLog
-- purpose: What API Management understood of an MCP message: method, tool, session, client, inbound auth.
-- docs:    https://learn.microsoft.com/azure/azure-monitor/reference/tables/apimanagementgatewaymcplog
-- grain:   one row per message; a JSON-RPC batch may give several with one CorrelationId
-- key:     the whole row, as the table has no id of its own; its time to the millisecond, as exports cut it
-- says: Method, tool, session, client and inbound authentication of an MCP message; errors by their type.
-- cannot: Latency, status, caller and agent: they come from ApiManagementGatewayLogs with the same CorrelationId.
-- cannot: How the server authorised itself to what is behind it: `AuthenticationMethod` is inbound.
-- recognised: type ApiManagementGatewayMCPLog
-- recognised: category GatewayMCPLogs of microsoft.apimanagement
-- recognised: fields correlationid mcpserverendpoint sessionid
-- recognised: fields correlationid toolname servername method

with

picked as (

    select
        record_id,
        case when len(ik) > 0 then 1 else 2 end as source_rank,
        as_time(coalesce(pick(k, v, 'timegenerated'), pick(k, v, 'time'))) as occurred_at,
        lower(coalesce(pick(k, v, '_resourceid'), pick(k, v, 'resourceid'))) as resource_id,
        pick_either(ik, iv, k, v, 'correlationid') as correlation_id,
        pick_either(ik, iv, k, v, 'method') as mcp_method,
        pick_either(ik, iv, k, v, 'toolname') as tool_name,
        pick_either(ik, iv, k, v, 'sessionid') as mcp_session_id,
        pick_either(ik, iv, k, v, 'servername') as server_id,
        pick_either(ik, iv, k, v, 'serverversion') as server_version,
        pick_either(ik, iv, k, v, 'mcpserverendpoint') as endpoint,
        pick_either(ik, iv, k, v, 'clientname') as client_name,
        pick_either(ik, iv, k, v, 'clientversion') as client_version,
        pick_either(ik, iv, k, v, 'authenticationmethod') as inbound_auth,
        pick_either(ik, iv, k, v, 'protocolversion') as protocol_version,
        pick_either(ik, iv, k, v, 'transporttype') as transport_type,
        nullif(pick_either(ik, iv, k, v, 'errortype'), 'none') as error_type,
        pick_either(ik, iv, k, v, 'error') as error_text,
        coalesce(pick(k, v, 'region'), pick(k, v, 'location')) as region

    from opened_records

)

select
    record_id,
    0 as item_no,
    concat_ws(chr(31), correlation_id, epoch_ms(occurred_at), mcp_method, tool_name, mcp_session_id, server_id, client_name, error_type, md5(error_text)) as natural_key,
    cast(source_rank as smallint) as source_rank,
    case when occurred_at is null then 'no usable time' end as reject_reason,
    'gateway' as layer,
    'call' as kind,
    occurred_at,
    resource_id,
    correlation_id,
    mcp_session_id,
    server_id,
    tool_name,
    mcp_method,
    -- ErrorType holds the tool's isError, a JSON-RPC code, or a word of the gateway's own.
    try_cast(regexp_extract(coalesce(error_type, '') || ' ' || coalesce(error_text, ''), '(-32\d{3})', 1) as integer) as rpc_error_code,
    case when lower(error_type) in ('tool_error', 'toolerror', 'iserror') then true end as tool_is_error,
    error_type,
    as_inbound_auth(inbound_auth) as inbound_auth,
    case when lower(inbound_auth) in ('oauth2', 'api_key', 'cert') then true when lower(inbound_auth) = 'none' then false end as credential_presented,
    client_name,
    client_version,
    server_version,
    host_and_path(endpoint) as downstream_resource,
    region,
    json_object('protocol_version', protocol_version, 'transport_type', transport_type) as tags,
    cast(1 as bigint) as weight

from picked
