-- name:    slo_floor_attempts
-- purpose: The least that counting authentications by agent and 5 minutes costs.
select
    agent_id,
    epoch_us("timestamp") // 300000000 as slice_no,
    count(*) as attempts
from auth_attempts
group by agent_id, slice_no
