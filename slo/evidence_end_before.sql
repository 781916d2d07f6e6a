-- name:    slo/evidence_end_before
-- purpose: When the newest telemetry before a time was seen; settings and inventory are not telemetry.
-- readers: SRE
-- grain:   one row
-- param:   before_at  timestamptz  UTC  times from there on are not believed (default: now+1d)
-- column:  newest_at  timestamptz  UTC  latest believed time of a call, an authentication or any other telemetry

with

latest as (

    select max(occurred_at) as latest_at
    from events
    where layer <> 'config' and occurred_at < {before_at:Timestamp}

    union all

    select max("timestamp") as latest_at
    from correlated_calls
    where "timestamp" < {before_at:Timestamp}

    union all

    select max("timestamp") as latest_at
    from auth_attempts
    where "timestamp" < {before_at:Timestamp}

)

select max(latest_at) as newest_at
from latest
