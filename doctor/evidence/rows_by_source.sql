-- name:    doctor/evidence/rows_by_source
-- purpose: What each source has brought, and when it was last heard.
-- grain:   one row per source table and layer
-- param:   before_at     timestamptz  UTC      times from there on are not believed (default: now+1d)
-- column:  source_table  varchar      -        Azure table or stream
-- column:  layer         varchar      -        gateway, server, identity, model, approval, config or platform
-- column:  records       bigint       records  evidence rows
-- column:  last_at       timestamptz  UTC      newest of them that is believed; null when none is
-- column:  behind_ms     double       ms       how long before the newest of all evidence that was

with

by_source as (

    select
        source_table,
        layer,
        count(*) as records,
        max(case when occurred_at < {before_at:Timestamp} then occurred_at end) as last_at

    from events

    group by
        source_table,
        layer

),

newest as (

    select max(last_at) as newest_at
    from by_source
    -- A setting is as old as the file that it came in.
    where layer <> 'config'

)

select
    by_source.source_table,
    by_source.layer,
    by_source.records,
    by_source.last_at,
    x_ms_between(by_source.last_at, newest.newest_at) as behind_ms

from by_source

cross join newest

order by source_table, layer
