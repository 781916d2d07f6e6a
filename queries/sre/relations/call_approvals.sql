-- name:     sre/relations/call_approvals
-- purpose:  Tool calls with the facts that decide whether an approval covered them.
-- readers:  SRE
-- grain:    one row per tool call in the window
-- evidence: gateway, server, approval, tool_calls
-- time:     timestamp
-- param:    from_at                timestamptz  UTC    window start, inclusive (default: now-30d)
-- param:    to_at                  timestamptz  UTC    window end, exclusive (default: now)
-- column:   call_id                uuid         -      tool call
-- column:   timestamp              timestamptz  UTC    when it was made
-- column:   agent_id               varchar      -      agent that made it
-- column:   caller_identity        varchar      -      caller
-- column:   server_id              varchar      -      MCP server
-- column:   tool_name              varchar      -      tool
-- column:   tool_class             varchar      -      read_only, write, destructive or unclassified
-- column:   environment            varchar      -      environment of the server
-- column:   executed               boolean      -      whether the tool ran; null: not known
-- column:   execution_started_at   timestamptz  UTC    when it began to run
-- column:   approval_id            varchar      -      approval it was matched with
-- column:   approval_required      boolean      -      by inventory or evidence; null: neither says
-- column:   approval_result        varchar      -      approved, denied, expired, not_required; null: not known
-- column:   approval_decided_at    timestamptz  UTC    when it was decided
-- column:   approval_expires_at    timestamptz  UTC    when it stops covering a call
-- column:   approval_uses          bigint       calls  executed calls on this approval, up to this one
-- column:   approval_wait_ms       double       ms     how long its approval was waited for
-- column:   is_contradicted        boolean      -      the evidence says not required, the inventory says required
-- column:   arguments_match        boolean      -      approved for these arguments; null: cannot be compared
-- column:   approver               varchar      -      who decided; of several the first by name; null: not known
-- column:   is_self_approved       boolean      -      decided by the caller; null: not known, or a name here and an id there
-- column:   weight                 bigint       calls  calls that this one stands for

with

approved_arguments as (

    select
        approval_id,
        min(arguments_hash) as first_hash,
        max(arguments_hash) as last_hash

    from approvals

    where
        approval_id is not null
        and arguments_hash is not null

    group by approval_id

),

approvers as (

    select
        approval_id,
        min(approver) as approver,
        min(x_lower(approver)) as first_approver,
        max(x_lower(approver)) as last_approver

    from approvals

    where
        approval_id is not null
        and approver is not null

    group by approval_id

)

select
    call.call_id,
    call."timestamp",
    call.agent_id,
    call.caller_identity,
    call.server_id,
    call.tool_name,
    call.tool_class,
    call.environment,
    call.executed,
    call.execution_started_at,
    call.approval_id,
    call.approval_required,
    call.approval_result,
    call.approval_decided_at,
    call.approval_expires_at,
    call.approval_uses,
    call.approval_wait_ms,
    coalesce(call.inventory_approval = 'required' and not call.evidence_approval_required, false)
        as is_contradicted,
    case
        when call.arguments_hash in (approved.first_hash, approved.last_hash) then true
        -- Ours and a foreign hash have different forms, which says nothing about the arguments.
        when x_bytes(call.arguments_hash) = x_bytes(approved.last_hash) then false
    end as arguments_match,
    approvers.approver,
    case
        when x_lower(call.caller_identity) in (approvers.first_approver, approvers.last_approver) then true
        when x_contains(call.caller_identity, '@') = x_contains(approvers.last_approver, '@') then false
    end as is_self_approved,
    call.weight

from tool_calls as call

left join approved_arguments as approved on call.approval_id = approved.approval_id
left join approvers on call.approval_id = approvers.approval_id

where
    call."timestamp" >= {from_at:Timestamp}
    and call."timestamp" < {to_at:Timestamp}

order by "timestamp", call_id
