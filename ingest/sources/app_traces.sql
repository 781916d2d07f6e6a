-- source:  AppTraces
-- purpose: A log line of an application; kept when it is evidence of a call or an approval, or lends fields to one.
-- docs:    https://learn.microsoft.com/azure/azure-monitor/reference/tables/apptraces
-- grain:   one row per log line
-- key:     the whole row, as the table has no id of its own
-- recognised: type AppTraces
-- recognised: itemtype trace
-- recognised: fields operationid message severitylevel
-- recognised: fields operation_id message severitylevel

select * from app_log_records
