-- name:    correlate/results/approvals
-- purpose: The approval decisions.
-- readers: queries
-- grain:   one row per decision
-- table:   approvals

select * from decided_approvals
