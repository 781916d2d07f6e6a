-- name:    doctor/evidence/sampled_by_resource
-- purpose: Which resources send only a part of what happened.
-- grain:   one row per layer, resource and source table with sampled records
-- column:  layer         varchar  -        gateway or server
-- column:  resource_id   varchar  -        resource whose logs they are; null: the records name none
-- column:  source_table  varchar  -        Azure table or stream
-- column:  records       bigint   records  evidence rows
-- column:  represented   bigint   records  that they stand for
-- column:  max_weight    bigint   records  most that one of them stands for

select
    layer,
    resource_id,
    source_table,
    count(*) as records,
    cast(sum(weight) as bigint) as represented,
    max(weight) as max_weight

from events

where layer in ('gateway', 'server')

group by
    layer,
    resource_id,
    source_table

having max(weight) > 1

order by layer, resource_id, source_table
