-- name:    store/retention/believed_events
-- purpose: How many events there are, less settings, and those of a time that has not come.
-- readers: SRE
-- grain:   one row
-- param:   before_at  timestamptz  UTC     times from there on are not believed
-- column:  events     bigint       events  of a believed time

select count(*) as events
from events

where
    layer <> 'config'
    and occurred_at < {before_at:Timestamp}
