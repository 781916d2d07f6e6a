-- source:  AppExceptions
-- purpose: An exception inside a request; its type is kept, its message and stack are not.
-- docs:    https://learn.microsoft.com/azure/azure-monitor/reference/tables/appexceptions
-- grain:   one row per exception
-- key:     the whole row, as the table has no id of its own
-- says: The type of an exception inside a call.
-- cannot: Its message and stack, which are not kept.
-- recognised: type AppExceptions
-- recognised: itemtype exception
-- recognised: fields operationid problemid exceptiontype
-- recognised: fields operation_id problemid outermessage

select
    record_id,
    0 as item_no,
    concat_ws(chr(31), epoch_ms(occurred_at), operation_id, parent_span_id, role_name, coalesce(pick(k, v, 'exceptiontype'), pick(k, v, 'type')), pick(k, v, 'problemid'), md5(pick(k, v, 'outermessage'))) as natural_key,
    source_rank,
    case
        when occurred_at is null then 'no usable time'
        else odd_item_count(item_count)
    end as reject_reason,
    case when is_gateway then 'gateway' else 'server' end as layer,
    'exception' as kind,
    occurred_at,
    resource_id,
    case when is_gateway then gateway_request_of(pk, pv) end as correlation_id,
    operation_id,
    parent_span_id,
    session_of(pk, pv) as mcp_session_id,
    coalesce(server_of(pk, pv), role_name) as server_id,
    tool_of(pk, pv) as tool_name,
    coalesce(pick(k, v, 'exceptiontype'), pick(k, v, 'type')) as error_type,
    item_count as weight

from app_insights_records
