-- name:    correlate/reopen/foreseen_lines
-- purpose: Where new evidence is likely to stand in the lines of calls by agent, server and tool, as far as
--          it names all three itself. Its clock is not known yet, so that it reaches further both ways.
-- readers: reopen/stirred_lines, until the lines are known
-- grain:   one row per new event
-- param:   batch_id  bigint  -   the newest batch that was seen
-- param:   skew_ms   bigint  ms  how far apart two clocks may be

select
    x_uuid(
        'agent|' || x_lower(coalesce(agents.agent_id, event.agent_id)) || '|'
        || x_lower(coalesce(servers.server_id, event.server_id)) || '|' || event.tool_name
    ) as match_key,
    event.event_id as id,
    cast(x_us(event.occurred_at) as double) - 1000.0 * {skew_ms:Bigint} as at_us,
    1000.0 * (coalesce(event.latency_ms, 0.0) + 6 * {skew_ms:Bigint}) as reach_us,
    true as is_decisive
from events as event
left join known_agent_names as agents on x_lower(event.agent_id) = agents.name
left join known_server_names as servers on x_lower(event.server_id) = servers.name
where
    event.batch_id > {batch_id:Bigint}
    and event.layer in ('gateway', 'server')
    and event.kind in ('request', 'call')
    and event.agent_id is not null
    and event.server_id is not null
    and event.tool_name is not null
