-- source:  AppServiceConsoleLogs
-- purpose: A line that a site of App Service wrote to its console.
-- docs:    https://learn.microsoft.com/azure/azure-monitor/reference/tables/appserviceconsolelogs
-- grain:   one row per line
-- key:     resource, time, container and line, as the table has no id of its own
-- says: Approvals that a server decided, and fields of a call in the same trace, where a line is a JSON object.
-- cannot: Calls: a line is no call by itself, as most servers write it to Application Insights too and it would count twice.
-- cannot: Lines of plain text: they are set aside.
-- recognised: type AppServiceConsoleLogs
-- recognised: category AppServiceConsoleLogs
-- recognised: fields resultdescription containerid host

select * exclude (k, v, ik, iv, line, app_name)

from console_records
