-- source:  AppEvents
-- purpose: A custom event of an application; kept when it is evidence of a call or an approval, or lends fields to one.
-- docs:    https://learn.microsoft.com/azure/azure-monitor/reference/tables/appevents
-- grain:   one row per event
-- key:     the whole row, as the table has no id of its own
-- says: `mcp.tool_call` and `mcp.approval` as custom events, and fields that other events lend to a call.
-- cannot: Everything, where Application Insights samples.
-- recognised: type AppEvents
-- recognised: itemtype customEvent

select * from app_log_records
