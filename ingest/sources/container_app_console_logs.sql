-- source:  ContainerAppConsoleLogs
-- purpose: A line that a container app wrote to its console.
-- docs:    https://learn.microsoft.com/azure/azure-monitor/reference/tables/containerappconsolelogs
-- grain:   one row per line
-- key:     resource, time, container and line, as the table has no id of its own
-- recognised: type ContainerAppConsoleLogs
-- recognised: type ContainerAppConsoleLogs_CL
-- recognised: category ContainerAppConsoleLogs
-- recognised: fields log stream containerappname
-- recognised: fields log_s containerappname_s

select * exclude (k, v, ik, iv, line, app_name)

from console_records
