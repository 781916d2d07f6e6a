-- name:    soc/gateway_bypass_calls
-- purpose: Calls that a server saw and the gateway did not, each with why, and with the evidence for that.
-- readers: SOC
-- grain:   one row per call without gateway evidence, latest first
-- brief:   timestamp, unseen_why, evidence, agent, server_id, tool_name
-- uses:    soc/relations/unseen_reasons
-- param:   from_at          timestamptz  UTC      window start, inclusive (default: now-30d)
-- param:   to_at            timestamptz  UTC      window end, exclusive (default: now)
-- param:   why              varchar      -        only this unseen_why (default: )
-- param:   late_minutes     bigint       minutes  how much later than its neighbours a log row may come (default: 20)
-- param:   silence_minutes  bigint       minutes  a longer pause between two log rows may be a gap (default: 60)
-- param:   limit            bigint       calls    at most this many (default: 1000)
-- column:  timestamp        timestamptz  UTC      start of the call, by the server's clock
-- column:  unseen_why       varchar      -        not_through, log_late, log_sampled, log_off or not_provable
-- column:  evidence         varchar      -        what decides it, in a word; docs/soc.md explains each
-- column:  agent            varchar      -        name of the agent, else its id; null when unattributed
-- column:  caller_identity  varchar      -        who called, as logged
-- column:  server_id        varchar      -        MCP server
-- column:  tool_name        varchar      -        tool
-- column:  tool_class       varchar      -        read_only, write, destructive or unclassified
-- column:  outcome          varchar      -        success, failure, denied, challenge or unknown
-- column:  caller_ip        varchar      -        address that the server saw
-- column:  weight           bigint       calls    calls that the row stands for
-- column:  call_id          uuid         -        stable id of the call

with

explained as (

    select
        call."timestamp",
        reasons.unseen_why,
        reasons.evidence,
        coalesce(call.agent_name, call.agent_id) as agent,
        call.caller_identity,
        call.server_id,
        call.tool_name,
        call.tool_class,
        call.outcome,
        call.caller_ip,
        call.weight,
        call.call_id,
        row_number() over (order by call."timestamp" desc, call.call_id) as position

    from tool_calls as call
    inner join unseen_reasons as reasons on call.call_id = reasons.call_id

    where {why:Varchar} = '' or reasons.unseen_why = {why:Varchar}

)

select
    "timestamp",
    unseen_why,
    evidence,
    agent,
    caller_identity,
    server_id,
    tool_name,
    tool_class,
    outcome,
    caller_ip,
    weight,
    call_id

from explained

where position <= {limit:Bigint}

order by "timestamp" desc, call_id
