-- name:    slo/evidence_end
-- purpose: When the newest telemetry in the store was seen; settings and inventory are not telemetry.
-- readers: SRE
-- grain:   one row
-- column:  newest_at  timestamptz  UTC  latest time of a call, an authentication or any other telemetry

with

seen as (

    select occurred_at from events where layer <> 'config'

    union all

    select "timestamp" as occurred_at from correlated_calls

    union all

    select "timestamp" as occurred_at from auth_attempts

)

select max(occurred_at) as newest_at
from seen
