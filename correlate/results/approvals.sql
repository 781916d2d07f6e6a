-- name:    correlate/results/approvals
-- purpose: The approval decisions.
-- readers: queries
-- grain:   one row per decision
-- table:   approvals

select
    event_id,
    approval_id,
    server_id,
    tool_name,
    agent_id,
    mcp_session_id,
    operation_id,
    arguments_hash,
    approval_required,
    approval_result,
    approval_requested_at,
    approval_decided_at,
    expires_at,
    approval_wait_ms,
    approver
from decided_approvals
