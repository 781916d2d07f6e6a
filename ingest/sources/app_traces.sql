-- source:  AppTraces
-- purpose: A log line of an application; kept when it is evidence of a call or an approval, or lends fields to one.
-- docs:    https://learn.microsoft.com/azure/azure-monitor/reference/tables/apptraces
-- grain:   one row per log line
-- key:     the whole row, as the table has no id of its own
-- says: `mcp.tool_call` and `mcp.approval`, and fields that other log lines lend to the call of their trace.
-- says: What API Management's `trace` policy writes: agent, caller, tool, lent to the request that it names.
-- says: Sessions, users, adapters and tools that microsoft/mcp-gateway logs, under its own names for them.
-- cannot: Log lines without any field of MCP: they are set aside.
-- cannot: Calls of mcp-gateway by themselves: its requests are in AppRequests.
-- recognised: type AppTraces
-- recognised: itemtype trace
-- recognised: fields operationid message severitylevel
-- recognised: fields operation_id message severitylevel

select * from app_log_records
