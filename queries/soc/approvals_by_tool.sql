-- name:    soc/approvals_by_tool
-- purpose: Which tools need an approval, what was decided, and what ran without one.
-- readers: SOC
-- grain:   one row per tool that needs an approval, is destructive, or got a decision; most bypasses first
-- brief:   server_id, tool_name, tool_class, calls, required_calls, approved_calls, bypass_calls, unprovable_calls
-- uses:    soc/relations/judged_approvals
-- param:   from_at                timestamptz  UTC    window start, inclusive (default: now-30d)
-- param:   to_at                  timestamptz  UTC    window end, exclusive (default: now)
-- column:  server_id              varchar      -      MCP server
-- column:  tool_name              varchar      -      tool
-- column:  tool_class             varchar      -      read_only, write, destructive or unclassified
-- column:  environment            varchar      -      of the server
-- column:  calls                  bigint       calls  tool calls, corrected for sampling
-- column:  required_calls         bigint       calls  of these, an approval was required
-- column:  approved_calls         bigint       calls  approved
-- column:  denied_calls           bigint       calls  denied
-- column:  expired_calls          bigint       calls  expired before a decision
-- column:  undecided_calls        bigint       calls  required, and no decision is known
-- column:  executed_calls         bigint       calls  calls that ran
-- column:  bypass_calls           bigint       calls  ran although no approval covered them
-- column:  contradicted_calls     bigint       calls  of the bypasses: evidence says not required, the inventory says required
-- column:  late_calls             bigint       calls  of the bypasses: approved after execution began, or expired before, whichever clock is asked
-- column:  reused_calls           bigint       calls  of the bypasses: on an approval used for more than one call
-- column:  other_arguments_calls  bigint       calls  of the bypasses: approved for other arguments or another tool
-- column:  unprovable_calls       bigint       calls  whether they ran, or which came first, is not known, or known by one clock only
-- column:  median_wait_ms         double       ms     half of the approvals were waited for at most this long
-- column:  last_bypass_at         timestamptz  UTC    latest bypass

select
    server_id,
    tool_name,
    tool_class,
    environment,
    cast(sum(weight) as bigint) as calls,
    cast(sum(case when is_required then weight else 0 end) as bigint) as required_calls,
    cast(sum(case when decision = 'approved' then weight else 0 end) as bigint) as approved_calls,
    cast(sum(case when decision = 'denied' then weight else 0 end) as bigint) as denied_calls,
    cast(sum(case when decision = 'expired' then weight else 0 end) as bigint) as expired_calls,
    cast(sum(case when is_required and decision = '' then weight else 0 end) as bigint)
        as undecided_calls,
    cast(sum(case when has_run then weight else 0 end) as bigint) as executed_calls,
    cast(sum(case when is_bypass then weight else 0 end) as bigint) as bypass_calls,
    cast(sum(case when is_bypass and is_contradicted then weight else 0 end) as bigint)
        as contradicted_calls,
    cast(sum(case when is_bypass and is_late then weight else 0 end) as bigint) as late_calls,
    cast(sum(case when is_bypass and is_reused then weight else 0 end) as bigint) as reused_calls,
    cast(sum(case when is_bypass and is_for_other_arguments then weight else 0 end) as bigint)
        as other_arguments_calls,
    cast(sum(case when is_unprovable then weight else 0 end) as bigint) as unprovable_calls,
    x_median(approval_wait_ms) as median_wait_ms,
    max(case when is_bypass then "timestamp" end) as last_bypass_at

from judged_approvals

group by
    server_id,
    tool_name,
    tool_class,
    environment

having max(case when needs_approval or decision in ('approved', 'denied', 'expired') then 1 else 0 end) = 1

order by
    bypass_calls desc, unprovable_calls desc, server_id, tool_name, tool_class, environment
