-- name:    correlate/gateway/gateway_requests
-- purpose: What the gateway logged about each request, collapsed across its tables: tool calls, and
--          requests that may turn out to be one because the gateway did not log the method.
-- readers: later steps
-- grain:   one row per tool call, or per request of unknown method

with

envelopes as (

    select
        slots.request_key,
        min(slots.event_id) filter (where slots.role = 'log') as log_event_id,
        min(slots.event_id) filter (where slots.role = 'app') as app_event_id,
        min(row.mcp_session_id) as mcp_session_id,
        min(row.agent_id) as agent_id,
        min(row.known_server_id) as known_server_id,
        min(row.server_id) as server_id,
        min(row.operation_id) as operation_id,
        min(row.at_us) as at_us,
        max(row.latency_ms) as latency_ms,
        max(case when row.is_refused then 1 else 0 end) as refusals
    from gateway_slots as slots
    inner join gateway_rows as row on slots.event_id = row.event_id
    where slots.is_envelope and slots.kept_event_id is null
    group by slots.request_key

),

two_joined as (

    select
        coalesce(log.request_key, mcp.request_key) as request_key,
        coalesce(log.slot, mcp.slot) as slot,
        log.event_id as log_event_id,
        mcp.event_id as mcp_event_id,
        coalesce(mcp.mcp_method, log.mcp_method) as mcp_method,
        coalesce(mcp.tool_name, log.tool_name) as tool_name,
        coalesce(log.rpc_request_id, mcp.rpc_request_id) as rpc_request_id,
        coalesce(log.mcp_session_id, mcp.mcp_session_id) as mcp_session_id,
        coalesce(log.agent_id, mcp.agent_id) as agent_id,
        coalesce(log.known_server_id, mcp.known_server_id) as known_server_id,
        coalesce(log.server_id, mcp.server_id) as server_id,
        coalesce(log.operation_id, mcp.operation_id) as operation_id,
        coalesce(log.at_us, mcp.at_us) as at_us,
        log.latency_ms,
        coalesce(log.latency_shared, false) as latency_shared,
        coalesce(log.is_post, true) as is_post,
        coalesce(log.is_refused, false) as is_refused
    from (select * from placed_rows where role = 'log') as log
    full join (select * from placed_rows where role = 'mcp') as mcp
        on log.request_key = mcp.request_key
        and log.slot = mcp.slot

),

joined as (

    select
        coalesce(two.request_key, app.request_key) as request_key,
        two.log_event_id,
        two.mcp_event_id,
        app.event_id as app_event_id,
        coalesce(two.mcp_method, app.mcp_method) as mcp_method,
        coalesce(two.tool_name, app.tool_name) as tool_name,
        coalesce(two.rpc_request_id, app.rpc_request_id) as rpc_request_id,
        coalesce(two.mcp_session_id, app.mcp_session_id) as mcp_session_id,
        coalesce(two.agent_id, app.agent_id) as agent_id,
        coalesce(two.known_server_id, app.known_server_id) as known_server_id,
        coalesce(two.server_id, app.server_id) as server_id,
        coalesce(two.operation_id, app.operation_id) as operation_id,
        coalesce(two.at_us, app.at_us) as at_us,
        coalesce(two.latency_ms, app.latency_ms) as latency_ms,
        coalesce(two.latency_shared, false) or coalesce(app.latency_shared, false) as latency_shared,
        coalesce(two.is_post, app.is_post) as is_post,
        coalesce(two.is_refused, app.is_refused) as is_refused
    from two_joined as two
    full join (select * from placed_rows where role = 'app') as app
        on two.request_key = app.request_key
        and two.slot = app.slot

)

select
    coalesce(joined.log_event_id, joined.mcp_event_id, joined.app_event_id) as gateway_id,
    joined.request_key,
    coalesce(joined.log_event_id, envelopes.log_event_id) as log_event_id,
    joined.mcp_event_id,
    coalesce(joined.app_event_id, envelopes.app_event_id) as app_event_id,
    case when joined.mcp_method = 'tools/call' then joined.tool_name end as tool_name,
    joined.rpc_request_id,
    coalesce(joined.mcp_session_id, envelopes.mcp_session_id) as mcp_session_id,
    coalesce(joined.agent_id, envelopes.agent_id) as agent_id,
    coalesce(joined.known_server_id, envelopes.known_server_id) as known_server_id,
    coalesce(joined.server_id, envelopes.server_id) as server_id,
    coalesce(joined.operation_id, envelopes.operation_id) as operation_id,
    coalesce(envelopes.at_us, joined.at_us) as at_us,
    coalesce(joined.latency_ms, envelopes.latency_ms, 0.0) * 1000.0 as reach_us,
    joined.latency_shared or envelopes.request_key is not null as latency_shared,
    joined.mcp_method is not null as is_call,
    not joined.is_refused and coalesce(envelopes.refusals, 0) = 0 as is_forwarded
from joined
left join envelopes on joined.request_key = envelopes.request_key
left join model_requests as model_use on joined.request_key = model_use.correlation_id
where
    joined.mcp_method = 'tools/call'
    or (
        joined.mcp_method is null
        and joined.is_post
        and not joined.is_refused
        and model_use.correlation_id is null
    )
