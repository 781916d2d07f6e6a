-- name:    doctor/evidence/bodies_by_resource
-- purpose: Where answers or tool results were logged, and until when.
-- grain:   one row per layer, resource and source table that logged them
-- column:  layer         varchar      -        gateway, server, model or platform
-- column:  resource_id   varchar      -        resource whose logs they are; null: the records name none
-- column:  source_table  varchar      -        Azure table or stream that holds them
-- column:  records       bigint       records  with an answer, a result or a prompt in them
-- column:  last_at       timestamptz  UTC      latest of them

select
    layer,
    resource_id,
    source_table,
    count(*) as records,
    max(occurred_at) as last_at

from events

where
    layer <> 'config'
    and (response_body_logged_bytes > 0 or (layer = 'platform' and kind = 'content'))

group by
    layer,
    resource_id,
    source_table

order by records desc, layer, resource_id, source_table
