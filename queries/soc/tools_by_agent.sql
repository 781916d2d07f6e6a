-- name:    soc/tools_by_agent
-- purpose: Who called what: agent by tool, with how it went.
-- readers: SOC
-- grain:   one row per agent, server and tool, busiest first
-- brief:   agent, server_id, tool_name, tool_class, calls, failed_calls, denied_calls
-- param:   from_at         timestamptz  UTC    window start, inclusive (default: now-30d)
-- param:   to_at           timestamptz  UTC    window end, exclusive (default: now)
-- column:  agent           varchar      -      name of the agent, else its id
-- column:  agent_id        varchar      -      null when unattributed
-- column:  server_id       varchar      -      MCP server
-- column:  tool_name       varchar      -      tool
-- column:  tool_class      varchar      -      read_only, write, destructive or unclassified
-- column:  is_destructive  boolean      -      the class is destructive
-- column:  calls           bigint       calls  tool calls, corrected for sampling
-- column:  failed_calls    bigint       calls  of these, failures
-- column:  denied_calls    bigint       calls  of these, refused before execution
-- column:  first_at        timestamptz  UTC    earliest call in the window
-- column:  last_at         timestamptz  UTC    latest call in the window

select
    coalesce(max(agent_name), agent_id, '(unattributed)') as agent,
    agent_id,
    server_id,
    tool_name,
    tool_class,
    tool_class = 'destructive' as is_destructive,
    cast(sum(weight) as bigint) as calls,
    cast(sum(case when outcome = 'failure' then weight else 0 end) as bigint) as failed_calls,
    cast(sum(case when outcome = 'denied' then weight else 0 end) as bigint) as denied_calls,
    min("timestamp") as first_at,
    max("timestamp") as last_at

from tool_calls

where
    "timestamp" >= {from_at:Timestamp}
    and "timestamp" < {to_at:Timestamp}

group by
    agent_id,
    server_id,
    tool_name,
    tool_class

order by calls desc, agent, agent_id, server_id, tool_name, tool_class
