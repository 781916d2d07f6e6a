-- name:    soc/relations/judged_approvals
-- purpose: Tool calls with what was wrong with their approval, in every environment.
-- readers: SOC
-- grain:   one row per tool call in the window
-- uses:    sre/relations/call_approvals
-- param:   from_at                 timestamptz  UTC    window start, inclusive (default: now-30d)
-- param:   to_at                   timestamptz  UTC    window end, exclusive (default: now)
-- column:  call_id                 uuid         -      stable id of the call
-- column:  timestamp               timestamptz  UTC    start of the call
-- column:  server_id               varchar      -      MCP server
-- column:  tool_name               varchar      -      tool
-- column:  tool_class              varchar      -      read_only, write, destructive or unclassified
-- column:  environment             varchar      -      of the server
-- column:  weight                  bigint       calls  calls that this one stands for
-- column:  approval_wait_ms        double       ms     how long its approval was waited for
-- column:  decision                varchar      -      approved, denied, expired or not_required; empty when not known
-- column:  has_run                 boolean      -      the evidence says that it ran
-- column:  needs_approval          boolean      -      by inventory or evidence, or because its tool is destructive
-- column:  is_required             boolean      -      by inventory or evidence
-- column:  is_contradicted         boolean      -      the evidence says not required, the inventory says required
-- column:  is_late                 boolean      -      approved after it began to run, or expired before, by either clock
-- column:  is_reused               boolean      -      on an approval that was used before
-- column:  is_for_other_arguments  boolean      -      approved for other arguments or another tool
-- column:  is_bypass               boolean      -      ran although no approval covered it
-- column:  is_unprovable           boolean      -      whether it ran, or which came first, is not known, or known by one clock only

with

-- Absent facts prove nothing: a call without any approval is a bypass, not an unknown.
calls as (

    select
        call_id,
        "timestamp",
        server_id,
        tool_name,
        tool_class,
        environment,
        weight,
        approval_wait_ms,
        coalesce(approval_result, '') as decision,
        coalesce(executed, false) as has_run,
        executed is null as may_have_run,
        coalesce(approval_required, false) or tool_class = 'destructive' as needs_approval,
        coalesce(approval_required, false) as is_required,
        is_contradicted,
        coalesce(is_order_certain, true)
            and (
                coalesce(approval_decided_at > execution_started_at, false)
                or coalesce(approval_expires_at <= execution_started_at, false)
            ) as is_late,
        coalesce(approval_uses > 1, false) as is_reused,
        not coalesce(arguments_match, true) as is_for_other_arguments,
        approval_decided_at is null
            or execution_started_at is null
            or not coalesce(is_order_certain, true) as is_undated

    from call_approvals

),

with_defects as (

    select
        *,
        is_contradicted or is_late or is_reused or is_for_other_arguments as has_defect

    from calls

)

select
    call_id,
    "timestamp",
    server_id,
    tool_name,
    tool_class,
    environment,
    weight,
    approval_wait_ms,
    decision,
    has_run,
    needs_approval,
    is_required,
    is_contradicted,
    is_late,
    is_reused,
    is_for_other_arguments,
    needs_approval and has_run and (decision <> 'approved' or has_defect) as is_bypass,
    needs_approval
        and (
            may_have_run
            or (has_run and decision = 'approved' and is_undated and not has_defect)
        ) as is_unprovable

from with_defects

order by call_id
