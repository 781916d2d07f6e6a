-- source:  FunctionAppLogs
-- purpose: How an invocation of a function ended, and what functions logged as JSON.
-- docs:    https://learn.microsoft.com/azure/azure-monitor/reference/tables/functionapplogs
-- grain:   one row per invocation that ended, and per line that holds a field of MCP
-- key:     resource, time, invocation and line, as the table has no id of its own
-- says: How long an invocation of a function took and whether it succeeded.
-- says: Approvals, and fields of a call in the same trace, where a function logged a JSON object.
-- cannot: Tool, session or trace: an invocation has none, and the MCP extension logs no tool's name. No call is made or matched from it.
-- cannot: Invocations that never ended.
-- recognised: type FunctionAppLogs
-- recognised: category FunctionAppLogs
-- recognised: fields functioninvocationid functionname hostversion

with

ended as (

    select
        *,
        regexp_extract(line, '^Executed ?[''"]Functions\.([^''"]+)[''"] \((Succeeded|Failed), Id=([0-9A-Fa-f-]{36}), Duration=(\d+)ms\)', ['function', 'outcome', 'invocation', 'duration']) as told

    from console_records

)

select
    * exclude (k, v, ik, iv, line, app_name, told) replace (
        case when told.outcome = '' or told.outcome is null then exclude_reason end as exclude_reason,
        case when told.outcome <> '' then 'platform' else layer end as layer,
        case when told.outcome <> '' then 'invocation' else kind end as kind,
        coalesce(as_duration(told.duration), latency_ms) as latency_ms,
        coalesce(case when told.outcome = 'Failed' then pick_either(ik, iv, k, v, 'exceptiontype') end, error_type) as error_type
    ),
    case told.outcome when 'Succeeded' then true when 'Failed' then false end as is_success,
    coalesce(pick(k, v, 'location'), pick(ik, iv, 'location')) as region,
    case
        when told.outcome <> '' then json_object('function', told.function, 'invocation_id', lower(told.invocation))
        when pick_either(ik, iv, k, v, 'functioninvocationid') is not null
            then json_object('function', pick_either(ik, iv, k, v, 'functionname'), 'invocation_id', lower(pick_either(ik, iv, k, v, 'functioninvocationid')))
    end as tags

from ended
