-- name:    soc/calls_by_agent
-- purpose: Who called: each agent, what it did and how it is known.
-- readers: SOC
-- grain:   one row per agent id and how the id is known, busiest first
-- brief:   agent, agent_owner, is_known, agent_id_source, calls, failed_calls, denied_calls, bypass_calls
-- param:   from_at            timestamptz  UTC        window start, inclusive (default: now-30d)
-- param:   to_at              timestamptz  UTC        window end, exclusive (default: now)
-- column:  agent              varchar      -          name of the agent, else its id
-- column:  agent_id           varchar      -          null when unattributed
-- column:  agent_owner        varchar      -          null when nobody owns it
-- column:  is_known           boolean      -          in the inventory
-- column:  agent_id_source    varchar      -          where the id was read: header, token, server, otel, ...
-- column:  is_verified        boolean      -          every id came from a token
-- column:  calls              bigint       calls      tool calls, corrected for sampling
-- column:  failed_calls       bigint       calls      of these, failures
-- column:  denied_calls       bigint       calls      of these, refused before execution
-- column:  destructive_calls  bigint       calls      of these, calls of destructive tools
-- column:  bypass_calls       bigint       calls      of these, without a gateway record; soc/gateway_bypass_calls says why
-- column:  servers            bigint       servers    distinct servers called
-- column:  tools              bigint       tools      distinct tools called
-- column:  callers            bigint       callers    distinct caller identities
-- column:  ips                bigint       addresses  distinct caller addresses
-- column:  first_at           timestamptz  UTC        earliest call in the window
-- column:  last_at            timestamptz  UTC        latest call in the window

with

calls as (

    select
        *,
        coalesce(server_id, '') || '/' || tool_name as server_tool
    from tool_calls
    where
        "timestamp" >= {from_at:Timestamp}
        and "timestamp" < {to_at:Timestamp}

),

calls_by_agent as (

    select
        agent_id,
        agent_id_source,
        max(agent_name) as agent_name,
        max(agent_owner) as agent_owner,
        min(agent_id_verified) as is_verified,
        cast(sum(weight) as bigint) as calls,
        cast(sum(case when outcome = 'failure' then weight else 0 end) as bigint) as failed_calls,
        cast(sum(case when outcome = 'denied' then weight else 0 end) as bigint) as denied_calls,
        cast(sum(case when tool_class = 'destructive' then weight else 0 end) as bigint)
            as destructive_calls,
        cast(sum(case when not gateway_seen then weight else 0 end) as bigint) as bypass_calls,
        count(distinct server_id) as servers,
        count(distinct server_tool) as tools,
        count(distinct caller_identity) as callers,
        count(distinct caller_ip) as ips,
        min("timestamp") as first_at,
        max("timestamp") as last_at

    from calls

    group by
        agent_id,
        agent_id_source

),

known_agents as (

    select distinct agent_id
    from agents
    where is_known

)

select
    coalesce(seen.agent_name, seen.agent_id, '(unattributed)') as agent,
    seen.agent_id,
    seen.agent_owner,
    known.agent_id is not null as is_known,
    seen.agent_id_source,
    seen.is_verified,
    seen.calls,
    seen.failed_calls,
    seen.denied_calls,
    seen.destructive_calls,
    seen.bypass_calls,
    seen.servers,
    seen.tools,
    seen.callers,
    seen.ips,
    seen.first_at,
    seen.last_at

from calls_by_agent as seen
left join known_agents as known on seen.agent_id = known.agent_id

order by calls desc, agent, agent_id, agent_id_source
