-- name:    soc/noteworthy_calls
-- purpose: What deserves a look first: the latest calls of each kind of trouble, and how many more there are.
-- readers: SOC
-- grain:   one row per call and only the gravest trouble it shows; latest first
-- brief:   timestamp, why, agent, server_id, tool_name, result_code
-- uses:    soc/relations/judged_approvals, soc/relations/unseen_reasons
-- param:   from_at          timestamptz  UTC    window start, inclusive (default: now-30d)
-- param:   to_at            timestamptz  UTC    window end, exclusive (default: now)
-- param:   late_minutes     bigint       minutes  how much later than its neighbours a gateway log row may come (default: 20)
-- param:   silence_minutes  bigint       minutes  a longer pause between two gateway log rows may be a gap (default: 60)
-- param:   limit            bigint       calls  at most this many of each kind (default: 15)
-- column:  timestamp        timestamptz  UTC    start of the call
-- column:  why              varchar      -      ran_unapproved, around_gateway, two_agents (its two sides name different ones), no_gateway_record (not provable), denied or failed
-- column:  agent            varchar      -      name of the agent, else its id; null when unattributed
-- column:  caller_identity  varchar      -      who called, as logged
-- column:  server_id        varchar      -      MCP server
-- column:  tool_name        varchar      -      tool
-- column:  tool_class       varchar      -      read_only, write, destructive or unclassified
-- column:  outcome          varchar      -      success, failure, denied, challenge or unknown
-- column:  result_code      varchar      -      tool error, else JSON-RPC code, else gateway error, else HTTP status
-- column:  failure_layer    varchar      -      where it failed
-- column:  approval_result  varchar      -      approved, denied, expired or not_required; null when unknown
-- column:  latency_ms       double       ms     the gateway's, else the server's
-- column:  match_rung       varchar      -      how gateway and server evidence were joined
-- column:  calls_like_it    bigint       rows   calls of the same kind in the window
-- column:  call_id          uuid         -      stable id of the call

with

-- Where the two sides may be of two calls, so may the two agents.
disputed as (

    select call_id
    from correlated_calls
    where other_agent_id is not null and match_confidence >= 0.95

),

troubled as (

    select
        call.*,
        case
            when call.call_id in (select call_id from judged_approvals where is_bypass) then 'ran_unapproved'
            when reasons.unseen_why = 'not_through' then 'around_gateway'
            when call.call_id in (select call_id from disputed) then 'two_agents'
            when call.outcome = 'denied' then 'denied'
            when call.outcome = 'failure' then 'failed'
            when reasons.call_id is not null then 'no_gateway_record'
        end as why

    from tool_calls as call
    left join unseen_reasons as reasons on call.call_id = reasons.call_id

    where
        "timestamp" >= {from_at:Timestamp}
        and "timestamp" < {to_at:Timestamp}

),

ranked as (

    select
        *,
        row_number() over (partition by why order by "timestamp" desc, call_id) as position,
        count(*) over (partition by why) as calls_like_it

    from troubled

    where why is not null

)

select
    "timestamp",
    why,
    coalesce(agent_name, agent_id) as agent,
    caller_identity,
    server_id,
    tool_name,
    tool_class,
    outcome,
    result_code,
    failure_layer,
    approval_result,
    latency_ms,
    match_rung,
    calls_like_it,
    call_id

from ranked

where position <= {limit:Bigint}

order by "timestamp" desc, call_id
