-- name:    soc/disputed_agents
-- purpose: Calls whose gateway and server evidence name different agents: which, where, and since when.
-- readers: SOC
-- grain:   one row per agent of the call, other agent and server; most calls first
-- brief:   agent, other_agent, server_id, agent_id_source, calls, last_at
-- param:   from_at              timestamptz  UTC    window start, inclusive (default: now-30d)
-- param:   to_at                timestamptz  UTC    window end, exclusive (default: now)
-- column:  agent_id             varchar      -      agent that the call is told of
-- column:  other_agent_id       varchar      -      agent that the other side named
-- column:  server_id            varchar      -      MCP server
-- column:  agent_id_source      varchar      -      what named the agent of the call: token, header, server, otel or client
-- column:  is_other_known       boolean      -      whether the inventory knows the other agent
-- column:  calls                bigint       calls  tool calls, corrected for sampling
-- column:  uncertain_calls      bigint       calls  of these, sides that may be of two calls: match_confidence below 0.95
-- column:  first_at             timestamptz  UTC    earliest
-- column:  last_at              timestamptz  UTC    latest
-- column:  example              uuid         -      call_id of one, for timeline --call
-- column:  agent                varchar      -      name of agent_id in the inventory, else the id
-- column:  other_agent          varchar      -      name of other_agent_id in the inventory, else the id

with

disputed as (

    select
        *,
        match_confidence < 0.95 as is_uncertain

    from correlated_calls

    where
        other_agent_id is not null
        and "timestamp" >= {from_at:Timestamp}
        and "timestamp" < {to_at:Timestamp}

)

select
    call.agent_id as agent_id,
    call.other_agent_id as other_agent_id,
    call.server_id as server_id,
    call.agent_id_source as agent_id_source,
    coalesce(other.is_known, false) as is_other_known,
    cast(sum(call.weight) as bigint) as calls,
    cast(sum(case when call.is_uncertain then call.weight else 0 end) as bigint) as uncertain_calls,
    min(call."timestamp") as first_at,
    max(call."timestamp") as last_at,
    min(call.call_id) as example,
    coalesce(mine.display_name, call.agent_id) as agent,
    coalesce(other.display_name, call.other_agent_id) as other_agent

from disputed as call
left join agents as mine on call.agent_id = mine.agent_id
left join agents as other on call.other_agent_id = other.agent_id

group by
    call.agent_id,
    call.other_agent_id,
    call.server_id,
    call.agent_id_source,
    coalesce(other.is_known, false),
    coalesce(mine.display_name, call.agent_id),
    coalesce(other.display_name, call.other_agent_id)

order by calls desc, agent_id, other_agent_id, server_id, agent_id_source
