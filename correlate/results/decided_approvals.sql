-- name:    correlate/results/decided_approvals
-- purpose: The approval decisions, with the names of the inventory.
-- readers: results/approval_waits, results/call_approvals, the table approvals
-- grain:   one row per decision

select
    event.event_id,
    event.approval_id,
    coalesce(server.server_id, event.server_id) as server_id,
    event.tool_name,
    coalesce(agent.agent_id, event.agent_id) as agent_id,
    event.mcp_session_id,
    event.operation_id,
    event.arguments_hash,
    event.approval_required,
    event.approval_result,
    event.approval_requested_at,
    coalesce(event.approval_decided_at, event.occurred_at) as approval_decided_at,
    cast(x_us(coalesce(event.approval_decided_at, event.occurred_at)) as double) as decided_us,
    event.approval_decided_at is not null as says_when,
    event.approval_expires_at as expires_at,
    event.approval_wait_ms,
    event.approver,
    -- Servers may number their approvals themselves.
    coalesce(server.server_id, event.server_id, '') || '|' || coalesce(event.approval_id, x_text(event.event_id)) as approval_key
from events as event
left join known_server_names as server on x_lower(event.server_id) = server.name
left join known_agent_names as agent on x_lower(event.agent_id) = agent.name
where event.layer = 'approval' and event.kind = 'decision'
