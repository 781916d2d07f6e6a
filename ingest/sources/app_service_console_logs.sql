-- source:  AppServiceConsoleLogs
-- purpose: A line that a site of App Service wrote to its console.
-- docs:    https://learn.microsoft.com/azure/azure-monitor/reference/tables/appserviceconsolelogs
-- grain:   one row per line
-- key:     resource, time, container and line, as the table has no id of its own
-- recognised: type AppServiceConsoleLogs
-- recognised: category AppServiceConsoleLogs
-- recognised: fields resultdescription containerid host

select * exclude (k, v, ik, iv, line, app_name)

from console_records
