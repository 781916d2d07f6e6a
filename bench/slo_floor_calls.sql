-- name:    slo_floor_calls
-- purpose: The least that counting calls by agent and 5 minutes costs.
select
    agent_id,
    epoch_us("timestamp") // 300000000 as slice_no,
    count(*) as calls
from correlated_calls
group by agent_id, slice_no
