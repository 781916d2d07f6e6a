-- name:    ingest/claimed
-- purpose: Which lines the first look has dealt with.
-- grain:   one row per record

select distinct record_id

from mapped
