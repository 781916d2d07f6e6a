-- name:    doctor/azure/resources_seen
-- purpose: Which resources of a kind the stored evidence is from.
-- grain:   one row per resource, most records first
-- param:   kind         varchar  -        part of an ARM id: '/microsoft.apimanagement/service/'
-- column:  resource_id  varchar  -        ARM id, in lower case
-- column:  records      bigint   records  that are from it

select
    resource_id,
    count(*) as records

from events

where x_contains(resource_id, {kind:Varchar})

group by resource_id

order by records desc, resource_id
