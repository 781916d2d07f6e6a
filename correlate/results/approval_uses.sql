-- name:    correlate/results/approval_uses
-- purpose: How often an approval had been used when a call had run: the first call that runs on it has a
--          right to it, a later one has not.
-- readers: results/correlated_calls
-- grain:   one row per call that an approval was found for

select
    calls.call_id,
    sum(case when calls.executed then 1 else 0 end) over (
        partition by approvals.grant_key
        order by calls.started_at, calls.call_id
        rows between unbounded preceding and current row
    ) as approval_uses
from call_outcomes as calls
inner join call_approvals as approvals on calls.call_id = approvals.call_id
