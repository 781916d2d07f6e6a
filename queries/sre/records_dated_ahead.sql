-- name:    sre/records_dated_ahead
-- purpose: Records that claim to be of a time that has not come: in no window that ends by itself, and no proof of a zero.
-- readers: SRE, SOC
-- grain:   one row per source table, layer and resource
-- brief:   source_table, layer, records, first_at, last_at
-- param:   after_at      timestamptz  UTC      from when on a time is not believed (default: now+1d)
-- param:   from_at       timestamptz  UTC      what was stored already a day before cannot be of a time from there on (default: now-30d)
-- column:  source_table  varchar      -        Azure table or stream
-- column:  layer         varchar      -        gateway, server, identity, model, approval or platform
-- column:  resource_id   varchar      -        Azure resource that wrote them; null when none is named
-- column:  records       bigint       records  dated then or later
-- column:  first_at      timestamptz  UTC      earliest of them
-- column:  last_at       timestamptz  UTC      latest of them
-- column:  observed_at   timestamptz  UTC      when the last file with one was changed, or event enqueued; null when not known

with

ahead as (

    select
        source_table,
        layer,
        resource_id,
        batch_id,
        occurred_at

    from events

    where
        occurred_at >= {after_at:Timestamp}
        -- A setting is as old as the file that it came in.
        and layer <> 'config'

),

-- Nothing that a batch brought is of a later time than when it was written.
observed as (

    select
        batch_id,
        max(observed_at) as observed_at

    from ingest_batches

    where batch_id in (select batch_id from ahead)

    group by batch_id

)

select
    ahead.source_table,
    ahead.layer,
    ahead.resource_id,
    count(*) as records,
    min(ahead.occurred_at) as first_at,
    max(ahead.occurred_at) as last_at,
    max(observed.observed_at) as observed_at

from ahead
left join observed on ahead.batch_id = observed.batch_id

where
    observed.observed_at is null
    or x_add_ms(observed.observed_at, 86400000) >= {from_at:Timestamp}

group by
    ahead.source_table,
    ahead.layer,
    ahead.resource_id

order by source_table, layer, resource_id
