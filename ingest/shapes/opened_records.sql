-- name:    ingest/opened_records
-- purpose: Records beside what their `properties` hold: the Event Hubs shape keeps most fields there.
-- grain:   one row per record

select
    record_id,
    k,
    v,
    bag_keys(pick(k, v, 'properties')) as ik,
    bag_values(pick(k, v, 'properties')) as iv

from records
