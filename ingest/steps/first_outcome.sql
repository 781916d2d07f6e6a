-- name:    ingest/first_outcome
-- purpose: How many lines the first look has dealt with, and how many rows it gave that are of no use.
-- grain:   one row

select
    count(distinct record_id) as claimed,
    count(*) filter (reject_reason is not null or exclude_reason is not null) as unfit

from mapped
