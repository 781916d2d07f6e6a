-- What correlation makes of the events. All of it can be rebuilt from the tables of 001 and 002.

create table agents (
    agent_id varchar not null,
    agent_id_kind varchar,
    display_name varchar,
    owner varchar, -- NULL: unowned
    environment varchar,
    cost_center varchar,
    approved boolean,
    expires_at timestamptz,
    is_known boolean not null, -- in the inventory, not only in telemetry
    origin varchar not null
);

create table agent_names (name varchar not null, agent_id varchar not null);

create table servers (
    server_id varchar not null,
    owner varchar,
    environment varchar,
    region varchar,
    approved boolean,
    cost_center varchar,
    is_known boolean not null,
    origin varchar not null
);

create table server_names (name varchar not null, server_id varchar not null);

-- One row per tool that was called or declared, already matched against the globs of the inventory.
create table tools (
    server_id varchar not null,
    tool_name varchar not null,
    tool_class varchar not null, -- read_only | write | destructive | unclassified
    approval varchar -- required | not_required; NULL: not said
);

create table gateway_settings (
    gateway varchar not null, -- the API Management service, lower case resource id
    api_id varchar, -- NULL: the service-wide ('All APIs') scope
    diagnostic_id varchar not null, -- applicationinsights | azuremonitor
    observed_at timestamptz not null,
    fronts_mcp boolean, -- whether this scope covers an MCP endpoint; NULL: unknown
    response_body_bytes bigint, -- NULL: absent in the resource
    request_body_bytes bigint,
    llm_messages boolean,
    correlation_protocol varchar,
    sampling_percent double
);

-- One row per MCP tools/call, as joined; the view tool_calls adds what the inventory knows.
create table correlated_calls (
    call_id uuid not null,
    "timestamp" timestamptz not null,
    agent_id varchar,
    agent_id_source varchar not null,
    agent_id_kind varchar,
    agent_id_verified boolean not null,
    server_id varchar,
    tool_name varchar,
    mcp_session_id varchar,
    caller_identity varchar,
    downstream_resource varchar,
    authorization_mode varchar,
    evidence_approval_required boolean,
    evidence_approval_result varchar,
    latency_ms double,
    result_code varchar,
    gateway_seen boolean not null,
    server_seen boolean not null,
    match_rung varchar not null,
    match_confidence double not null,
    match_candidates bigint not null,
    match_basis varchar, -- what the two sides had in common: parent, lone trace, trace, session, ...
    match_choice varchar, -- how it was chosen: only, clear, near, close, tied, left over, far, in order, unclocked
    match_gap_ms double, -- how far apart they began, on one clock; NULL where spans or nothing joined them
    match_margin_ms double, -- how much further away the next choice was; NULL: there was none
    gateway_event_id uuid,
    server_event_id uuid,
    event_ids varchar not null, -- comma-separated, sorted
    session_key varchar,
    session_source varchar,
    transport_outcome varchar not null,
    protocol_outcome varchar not null,
    tool_outcome varchar not null,
    outcome varchar not null,
    failure_layer varchar,
    gateway_at timestamptz,
    server_at timestamptz,
    clock_skew_ms double,
    gateway_latency_ms double,
    server_latency_ms double,
    gateway_overhead_ms double,
    approval_wait_ms double,
    approval_id varchar,
    approval_requested_at timestamptz,
    approval_decided_at timestamptz,
    approval_expires_at timestamptz,
    approval_uses bigint,
    rounds bigint not null default 1, -- requests it took, because the server asked for input (MCP 2026-07-28)
    executed boolean,
    execution_started_at timestamptz,
    server_version varchar,
    http_status integer,
    rpc_error_code integer,
    error_type varchar,
    weight bigint not null,
    is_sampled boolean not null,
    operation_id varchar,
    correlation_id varchar,
    server_span_id varchar,
    client_name varchar,
    caller_ip varchar,
    region varchar,
    subscription_id varchar,
    conversation_id varchar,
    arguments_hash varchar
);

create table call_aliases (alias_id uuid not null, call_id uuid not null);

create table approvals (
    event_id uuid not null,
    approval_id varchar,
    server_id varchar,
    tool_name varchar,
    agent_id varchar,
    mcp_session_id varchar,
    operation_id varchar,
    arguments_hash varchar,
    approval_required boolean,
    approval_result varchar,
    approval_requested_at timestamptz,
    approval_decided_at timestamptz,
    expires_at timestamptz,
    approval_wait_ms double,
    approver varchar
);

create table auth_attempts (
    event_id uuid not null,
    "timestamp" timestamptz not null,
    server_id varchar,
    agent_id varchar,
    caller_identity varchar,
    caller_ip varchar,
    client_name varchar,
    inbound_auth varchar,
    environment varchar,
    http_status integer,
    credential_presented boolean,
    challenge_offered boolean,
    url_path varchar,
    error_type varchar,
    auth_outcome varchar not null, -- success | failure | challenge | rate_limited | unknown
    correlation_id varchar,
    weight bigint not null
);

create table model_calls (
    event_id uuid not null,
    "timestamp" timestamptz not null,
    correlation_id varchar,
    operation_id varchar,
    agent_id varchar,
    caller_identity varchar,
    subscription_id varchar,
    conversation_id varchar,
    model varchar,
    deployment varchar,
    input_tokens bigint,
    cached_input_tokens bigint,
    output_tokens bigint,
    weight bigint not null
);

-- Under which other name a server logs a session: the gateway's name is the session's key.
create table session_aliases (alias varchar not null, session_key varchar not null);

create table sessions (
    session_key varchar not null,
    session_source varchar not null,
    mcp_session_id varchar,
    agent_id varchar,
    caller_identity varchar,
    client_name varchar,
    first_at timestamptz not null,
    last_at timestamptz not null,
    calls bigint not null,
    failed_calls bigint not null,
    servers bigint not null,
    tools bigint not null
);

-- One row per Entra sign-in: a token was issued, which is not a call.
create view sign_ins as
select
    event_id,
    occurred_at as "timestamp",
    source_table,
    caller_identity,
    agent_id,
    downstream_resource as resource,
    result_code,
    is_success,
    caller_ip,
    authorization_mode,
    token_id,
    tags
from events
where layer = 'identity';

create view tool_calls as
select
    call.call_id,
    call."timestamp",
    call.agent_id,
    call.server_id,
    call.tool_name,
    call.mcp_session_id,
    call.caller_identity,
    call.downstream_resource,
    call.authorization_mode,
    -- Required when the inventory or the evidence says so; NULL when neither says anything.
    case
        when tool.approval = 'required' or call.evidence_approval_required then true
        when tool.approval = 'not_required' or not call.evidence_approval_required then false
    end as approval_required,
    coalesce(
        call.evidence_approval_result,
        case
            when coalesce(tool.approval, '') <> 'required'
                and (tool.approval = 'not_required' or not call.evidence_approval_required)
                then 'not_required'
        end
    ) as approval_result,
    call.latency_ms,
    call.result_code,
    call.agent_id_source,
    call.agent_id_kind,
    call.agent_id_verified,
    call.gateway_seen,
    call.server_seen,
    call.match_rung,
    call.match_confidence,
    call.match_candidates,
    call.match_basis,
    call.match_choice,
    call.match_gap_ms,
    call.match_margin_ms,
    call.event_ids,
    call.session_key,
    call.session_source,
    call.transport_outcome,
    call.protocol_outcome,
    call.tool_outcome,
    call.outcome,
    call.failure_layer,
    call.gateway_at,
    call.server_at,
    call.clock_skew_ms,
    call.gateway_latency_ms,
    call.server_latency_ms,
    call.gateway_overhead_ms,
    call.approval_wait_ms,
    -- Latency without human approval; NULL where an approval was needed and its wait is not known.
    case
        when call.approval_wait_ms is not null then call.latency_ms - call.approval_wait_ms
        when tool.approval = 'required' or call.evidence_approval_required then null
        else call.latency_ms
    end as active_latency_ms,
    call.approval_id,
    call.approval_requested_at,
    call.approval_decided_at,
    call.approval_expires_at,
    call.approval_uses,
    call.evidence_approval_required,
    tool.approval as inventory_approval,
    call.rounds,
    call.executed,
    call.execution_started_at,
    call.server_version,
    call.http_status,
    call.rpc_error_code,
    call.error_type,
    coalesce(tool.tool_class, 'unclassified') as tool_class,
    server.environment,
    -- Azure writes one region as 'West Europe' and as 'westeurope': its short name can be compared.
    server.short_region as server_region,
    lower(replace(call.region, ' ', '')) as gateway_region,
    agent.display_name as agent_name,
    agent.owner as agent_owner,
    server.owner as server_owner,
    coalesce(agent.cost_center, server.cost_center) as cost_center,
    concat_ws(
        ',',
        case when call.agent_id is null then 'agent_id' end,
        case when call.server_id is null then 'server_id' end,
        case when call.tool_name is null then 'tool_name' end,
        case when call.mcp_session_id is null then 'mcp_session_id' end,
        case when call.caller_identity is null then 'caller_identity' end,
        case when call.downstream_resource is null then 'downstream_resource' end,
        case when call.authorization_mode is null then 'authorization_mode' end,
        case
            when tool.approval is null and call.evidence_approval_required is null
                then 'approval_required'
        end,
        case
            when call.evidence_approval_result is null
                and (
                    coalesce(tool.approval, '') = 'required'
                    or coalesce(call.evidence_approval_required, tool.approval is null)
                )
                then 'approval_result'
        end,
        case when call.latency_ms is null then 'latency_ms' end,
        case when call.result_code is null then 'result_code' end
    ) as missing_fields,
    call.weight,
    call.is_sampled,
    call.operation_id,
    call.correlation_id,
    call.server_span_id,
    call.client_name,
    call.caller_ip,
    call.subscription_id,
    call.conversation_id,
    call.arguments_hash
from correlated_calls as call
left join tools as tool
    on call.server_id = tool.server_id
    and call.tool_name = tool.tool_name
-- Once for each server, not for each call: a filter on it would take longer than all the rest.
left join (
    select *, lower(replace(region, ' ', '')) as short_region from servers
) as server on call.server_id = server.server_id
left join agents as agent on call.agent_id = agent.agent_id;
