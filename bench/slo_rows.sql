-- 28 days of calls and of authentications, by 200 agents on 20 servers: one call in 40 is slow, one attempt in 2,000 is
-- refused, one in 50 is a challenge. The inventory knows all of them.
insert into servers
select
    'server-' || i, 'team', 'production', 'westeurope', true, 'CC-' || i % 5, true, 'bench'
from range(20) as r(i);
insert into tools
select
    'server-' || i % 20,
    'tool-' || i,
    case i % 4 when 0 then 'write' else 'read_only' end,
    'not_required'
from range(200) as r(i);
insert into agents
select 'agent-' || i, null, 'agent ' || i, 'team', 'production', 'CC-' || i % 5, true, null, true, 'bench'
from range(200) as r(i);
insert into correlated_calls by name
select
    cast(md5('call' || i) as uuid) as call_id,
    make_timestamptz(epoch_us(timestamptz '2026-10-23T00:00:00Z') + (i::hugeint * 2419200000000 // $calls)::bigint) as "timestamp",
    'agent-' || hash(i) % 200 as agent_id,
    'header' as agent_id_source,
    false as agent_id_verified,
    'server-' || hash(i, 1) % 200 % 20 as server_id,
    'tool-' || hash(i, 1) % 200 as tool_name,
    'session-' || i // 10 as mcp_session_id,
    'caller-' || hash(i) % 200 as caller_identity,
    case when hash(i, 2) % 40 = 0 then 5000.0 else 0.0 end + (hash(i, 3) % 100000) / 100.0 as latency_ms,
    '200' as result_code,
    true as gateway_seen,
    true as server_seen,
    'operation_id' as match_rung,
    1.0 as match_confidence,
    1 as match_candidates,
    '' as event_ids,
    'ok' as transport_outcome,
    'ok' as protocol_outcome,
    'ok' as tool_outcome,
    case when hash(i, 4) % 100 = 0 then 'denied' else 'success' end as outcome,
    200 as http_status,
    1 as weight,
    false as is_sampled,
    'West Europe' as region
from range($calls) as r(i);
insert into auth_attempts by name
select
    cast(md5('auth' || i) as uuid) as event_id,
    make_timestamptz(epoch_us(timestamptz '2026-10-23T00:00:00Z') + (i::hugeint * 2419200000000 // $calls)::bigint) as "timestamp",
    'server-' || hash(i, 1) % 20 as server_id,
    'agent-' || hash(i) % 200 as agent_id,
    'caller-' || hash(i) % 200 as caller_identity,
    '10.0.' || hash(i) % 200 || '.1' as caller_ip,
    'production' as environment,
    200 as http_status,
    case
        when hash(i, 5) % 50 = 0 then 'challenge'
        when hash(i, 6) % 2000 = 0 then 'failure'
        else 'success'
    end as auth_outcome,
    1 as weight
from range($calls) as r(i);
