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
-- column:   arguments_match        boolean      -      approved for these arguments of this tool; null: cannot be compared
-- column:   tool_match             boolean      -      approved for this tool; null: the decision names none, or a part of the name
-- column:   requester_match        boolean      -      approved for this agent and session, as far as the decision names them; null: it names none
-- column:   is_order_certain       boolean      -      decision and expiry are before or after the beginning by the server's clock and by the gateway's; null: there is but one clock
-- column:   approver               varchar      -      who decided; of several at once the first by name; null: not known
-- column:   is_self_approved       boolean      -      approved by the caller, alone or with others; null: not known, or a name here and an id there
-- column:   weight                 bigint       calls  calls that this one stands for

with

-- The decision that a call rests on is the one of its approval that was made at that time.
decided as (

    select
        approval_id,
        coalesce(x_us(approval_decided_at), -1) as decided_us,
        min(x_lower(arguments_hash)) as first_hash,
        max(x_lower(arguments_hash)) as last_hash,
        min(tool_name) as first_tool,
        max(tool_name) as last_tool,
        min(x_lower(agent_id)) as first_agent,
        max(x_lower(agent_id)) as last_agent,
        min(mcp_session_id) as first_session,
        max(mcp_session_id) as last_session,
        min(approver) as approver

    from approvals

    where approval_id is not null

    group by
        approval_id,
        coalesce(x_us(approval_decided_at), -1)

),

-- All that was said of one approval: of several records one may bring the arguments, another the decision, and some no server.
said as (

    select
        approval_id,
        coalesce(server_id, '') as server_id,
        min(x_lower(arguments_hash)) as first_hash,
        max(x_lower(arguments_hash)) as last_hash,
        min(case when approval_result = 'approved' then x_lower(approver) end) as first_approver,
        max(case when approval_result = 'approved' then x_lower(approver) end) as last_approver

    from approvals

    where approval_id is not null

    group by
        approval_id,
        coalesce(server_id, '')

),

compared as (

    select
        call.call_id as call_id,
        call."timestamp" as "timestamp",
        call.agent_id as agent_id,
        call.agent_name as agent_name,
        call.caller_identity as caller_identity,
        call.server_id as server_id,
        call.tool_name as tool_name,
        call.tool_class as tool_class,
        call.environment as environment,
        call.executed as executed,
        call.execution_started_at as execution_started_at,
        call.approval_id as approval_id,
        call.approval_required as approval_required,
        call.approval_result as approval_result,
        call.approval_decided_at as approval_decided_at,
        call.approval_expires_at as approval_expires_at,
        call.approval_uses as approval_uses,
        call.approval_wait_ms as approval_wait_ms,
        call.inventory_approval as inventory_approval,
        call.evidence_approval_required as evidence_approval_required,
        call.arguments_hash as arguments_hash,
        call.mcp_session_id as mcp_session_id,
        call.session_key as session_key,
        call.clock_skew_ms as clock_skew_ms,
        call.weight as weight,
        named.session_key as approved_session_key,
        decided.first_agent as first_agent,
        decided.last_agent as last_agent,
        decided.first_session as first_session,
        decided.last_session as last_session,
        decided.approver as approver,
        coalesce(said.first_approver, said_anywhere.first_approver) as first_approver,
        coalesce(said_anywhere.last_approver, said.last_approver) as last_approver,
        -- A decision within the call is by the clock of the server that waited for it.
        case
            when call.approval_decided_at <> call.execution_started_at
                then x_add_ms(call.execution_started_at, -call.clock_skew_ms)
            else call.execution_started_at
        end as started_by_gateway_at,
        coalesce(decided.first_hash, said.first_hash, said_anywhere.first_hash) as first_hash,
        coalesce(decided.last_hash, said_anywhere.last_hash, said.last_hash) as last_hash,
        -- One name within the other may be the same tool, with and without its server.
        case
            when call.tool_name in (decided.first_tool, decided.last_tool) then true
            when not x_contains(call.tool_name, decided.last_tool)
                and not x_contains(decided.last_tool, call.tool_name)
                then false
        end as tool_match

    from tool_calls as call

    left join decided
        on call.approval_id = decided.approval_id
        and coalesce(x_us(call.approval_decided_at), -1) = decided.decided_us
    left join said
        on call.approval_id = said.approval_id
        and coalesce(call.server_id, '') = said.server_id
    left join said as said_anywhere
        on call.approval_id = said_anywhere.approval_id
        and call.server_id is not null
        and said_anywhere.server_id = ''
    left join session_aliases as named on decided.last_session = named.alias

    where
        call."timestamp" >= {from_at:Timestamp}
        and call."timestamp" < {to_at:Timestamp}

)

select
    call_id,
    "timestamp",
    agent_id,
    caller_identity,
    server_id,
    tool_name,
    tool_class,
    environment,
    executed,
    execution_started_at,
    approval_id,
    approval_required,
    approval_result,
    approval_decided_at,
    approval_expires_at,
    approval_uses,
    approval_wait_ms,
    coalesce(inventory_approval = 'required' and not evidence_approval_required, false)
        as is_contradicted,
    case
        when not tool_match then false
        when x_lower(arguments_hash) in (first_hash, last_hash) then true
        -- Ours and a foreign hash have different forms, which says nothing about the arguments.
        when x_bytes(arguments_hash) = x_bytes(last_hash) then false
    end as arguments_match,
    tool_match,
    case
        when agent_id is not null
            and last_agent is not null
            and not coalesce(x_lower(agent_id) in (first_agent, last_agent), false)
            and not coalesce(x_lower(agent_name) in (first_agent, last_agent), false)
            then false
        when session_key is not null
            and last_session is not null
            and not coalesce(mcp_session_id in (first_session, last_session), false)
            and not coalesce(session_key in (first_session, last_session), false)
            and not coalesce(session_key = approved_session_key, false)
            then false
        when coalesce(last_agent, last_session) is not null then true
    end as requester_match,
    case
        when clock_skew_ms is not null
            then coalesce(
                (approval_decided_at <= execution_started_at)
                = (approval_decided_at <= started_by_gateway_at),
                true
            )
            and coalesce(
                (approval_expires_at > execution_started_at)
                = (approval_expires_at > started_by_gateway_at),
                true
            )
    end as is_order_certain,
    approver,
    case
        when x_lower(caller_identity) in (first_approver, last_approver) then true
        when x_contains(caller_identity, '@') = x_contains(last_approver, '@') then false
    end as is_self_approved,
    weight

from compared

order by "timestamp", call_id
