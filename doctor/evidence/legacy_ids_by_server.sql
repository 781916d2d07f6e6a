-- name:    doctor/evidence/legacy_ids_by_server
-- purpose: Whose records carry ids of the legacy protocol, which no traceparent leads to.
-- grain:   one row per layer, resource and server
-- column:  layer        varchar  -        gateway or server
-- column:  resource_id  varchar  -        resource whose logs they are; null: the records name none
-- column:  server_id    varchar  -        server, application or API; null: the records name none
-- column:  legacy       bigint   records  with an id of the form '|root.span.'

select
    layer,
    resource_id,
    server_id,
    count(*) as legacy

from events

where
    layer in ('gateway', 'server')
    and (x_glob(span_id, '|*') or x_glob(parent_span_id, '|*'))

group by
    layer,
    resource_id,
    server_id

order by layer, resource_id, server_id
