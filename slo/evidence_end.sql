-- name:    slo/evidence_end
-- purpose: When the newest telemetry in the store was seen; settings and inventory are not telemetry.
-- readers: SRE
-- grain:   one row
-- column:  newest_at  timestamptz  UTC  latest time of a call, an authentication or any other telemetry

with

-- One maximum a table: the engine knows most of it from its statistics.
latest as (

    select max(occurred_at) as latest_at from events where layer <> 'config'

    union all

    select max("timestamp") as latest_at from correlated_calls

    union all

    select max("timestamp") as latest_at from auth_attempts

)

select max(latest_at) as newest_at
from latest
