-- source:  ContainerAppConsoleLogs
-- purpose: A line that a container app wrote to its console.
-- docs:    https://learn.microsoft.com/azure/azure-monitor/reference/tables/containerappconsolelogs
-- grain:   one row per line
-- key:     resource, time, container and line, as the table has no id of its own
-- says: Approvals that a server decided, and fields of a call in the same trace, where a line is a JSON object; from both tables.
-- cannot: Calls: a line is no call by itself, as most servers write it to Application Insights too and it would count twice.
-- cannot: Lines of plain text: they are set aside.
-- cannot: The Event Hubs shape is by analogy with other categories: no record of it was seen.
-- recognised: type ContainerAppConsoleLogs
-- recognised: type ContainerAppConsoleLogs_CL
-- recognised: category ContainerAppConsoleLogs
-- recognised: fields log stream containerappname
-- recognised: fields log_s containerappname_s

select * exclude (k, v, ik, iv, line, app_name)

from console_records
