-- name:    soc/denied_by_agent
-- purpose: Who was refused, where and why: probing, an expired right, or a policy at work.
-- readers: SOC
-- grain:   one row per agent, server, tool and result code, most refused first
-- brief:   agent, server_id, tool_name, result_code, denied_calls, last_at
-- param:   from_at          timestamptz  UTC        window start, inclusive (default: now-30d)
-- param:   to_at            timestamptz  UTC        window end, exclusive (default: now)
-- column:  agent            varchar      -          name of the agent, else its id
-- column:  agent_id         varchar      -          null when unattributed
-- column:  server_id        varchar      -          MCP server
-- column:  tool_name        varchar      -          tool
-- column:  result_code      varchar      -          what the refusal said
-- column:  failure_layer    varchar      -          who refused
-- column:  approval_result  varchar      -          denied or expired where an approval was refused
-- column:  denied_calls     bigint       calls      refused calls, corrected for sampling
-- column:  callers          bigint       callers    distinct caller identities
-- column:  ips              bigint       addresses  distinct caller addresses
-- column:  first_at         timestamptz  UTC        earliest refusal
-- column:  last_at          timestamptz  UTC        latest refusal

select
    coalesce(max(agent_name), agent_id, '(unattributed)') as agent,
    agent_id,
    server_id,
    tool_name,
    result_code,
    failure_layer,
    approval_result,
    cast(sum(weight) as bigint) as denied_calls,
    count(distinct caller_identity) as callers,
    count(distinct caller_ip) as ips,
    min("timestamp") as first_at,
    max("timestamp") as last_at

from tool_calls

where
    "timestamp" >= {from_at:Timestamp}
    and "timestamp" < {to_at:Timestamp}
    and outcome = 'denied'

group by
    agent_id,
    server_id,
    tool_name,
    result_code,
    failure_layer,
    approval_result

order by
    denied_calls desc, agent, agent_id, server_id, tool_name, result_code, failure_layer, approval_result
