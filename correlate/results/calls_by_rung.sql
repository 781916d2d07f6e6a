-- name:    correlate/results/calls_by_rung
-- purpose: How many calls each rung joined.
-- readers: correlate.ts
-- grain:   one row per rung
-- column:  match_rung  varchar  -      the rung
-- column:  calls       bigint   calls  how many

select match_rung, count(*) as calls
from correlated_calls
group by match_rung
order by match_rung
