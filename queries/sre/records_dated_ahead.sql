-- name:    sre/records_dated_ahead
-- purpose: Records that claim to be of a time that has not come: in no window that ends by itself, and no proof of a zero.
-- readers: SRE, SOC
-- grain:   one row per source table, layer and resource
-- brief:   source_table, layer, records, first_at, last_at
-- param:   after_at      timestamptz  UTC      from when on a time is not believed (default: now+1d)
-- column:  source_table  varchar      -        Azure table or stream
-- column:  layer         varchar      -        gateway, server, identity, model, approval or platform
-- column:  resource_id   varchar      -        Azure resource that wrote them; null when none is named
-- column:  records       bigint       records  dated then or later
-- column:  first_at      timestamptz  UTC      earliest of them
-- column:  last_at       timestamptz  UTC      latest of them

select
    source_table,
    layer,
    resource_id,
    count(*) as records,
    min(occurred_at) as first_at,
    max(occurred_at) as last_at

from events

where
    occurred_at >= {after_at:Timestamp}
    -- A setting is as old as the file that it came in.
    and layer <> 'config'

group by
    source_table,
    layer,
    resource_id

order by source_table, layer, resource_id
