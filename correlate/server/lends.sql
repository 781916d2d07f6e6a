-- name:    correlate/server/lends
-- purpose: What the lending events say about their call; of several the first in time that says it.
-- readers: later steps
-- grain:   one row per call that somebody lends to

with

ordered as (

    select
        targets.target_id,
        event.layer,
        event.kind,
        event.agent_id,
        event.agent_id_source,
        event.agent_id_kind,
        event.caller_identity,
        event.downstream_resource,
        event.authorization_mode,
        event.approval_required,
        event.approval_result,
        event.approval_id,
        event.approval_wait_ms,
        event.mcp_session_id,
        event.conversation_id,
        event.tool_name,
        event.arguments_hash,
        event.error_type,
        event.client_name,
        event.server_version,
        event.weight,
        coalesce(agent.agent_id, event.agent_id) as known_agent_id,
        row_number() over (order by event.occurred_at, event.event_id) as position
    from lend_targets as targets
    inner join events as event on targets.event_id = event.event_id
    left join known_agent_names as agent on x_lower(event.agent_id) = agent.name

)

select
    target_id,
    argMin(known_agent_id, position) filter (where agent_id is not null) as agent_id,
    argMin(agent_id_source, position) filter (where agent_id is not null) as agent_id_source,
    argMin(agent_id_kind, position) filter (where agent_id is not null and agent_id_kind is not null) as agent_id_kind,
    argMin(caller_identity, position) filter (where caller_identity is not null) as caller_identity,
    -- The gateway's way to the backend is not what the tool touched.
    argMin(downstream_resource, position)
        filter (where downstream_resource is not null and layer = 'server' and kind <> 'call') as downstream_resource,
    argMin(authorization_mode, position) filter (where authorization_mode is not null) as authorization_mode,
    argMin(approval_required, position) filter (where approval_required is not null) as approval_required,
    argMin(approval_result, position) filter (where approval_result is not null) as approval_result,
    argMin(approval_id, position) filter (where approval_id is not null) as approval_id,
    argMin(approval_wait_ms, position) filter (where approval_wait_ms is not null) as approval_wait_ms,
    argMin(mcp_session_id, position) filter (where mcp_session_id is not null) as mcp_session_id,
    argMin(conversation_id, position) filter (where conversation_id is not null) as conversation_id,
    argMin(tool_name, position) filter (where tool_name is not null) as tool_name,
    argMin(arguments_hash, position) filter (where arguments_hash is not null) as arguments_hash,
    argMin(error_type, position) filter (where error_type is not null and kind <> 'dependency') as error_type,
    argMin(client_name, position) filter (where client_name is not null) as client_name,
    argMin(server_version, position) filter (where server_version is not null) as server_version,
    max(weight) as weight
from ordered
group by target_id
