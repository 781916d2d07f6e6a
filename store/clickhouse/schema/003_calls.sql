-- What correlation makes of the events, generation by generation: one that was not finished is never shown.

create table if not exists correlated_calls_stored (
    generation UInt64,
    call_id String,
    "timestamp" DateTime64(6, 'UTC'),
    agent_id Nullable(String),
    agent_id_source String,
    agent_id_kind Nullable(String),
    agent_id_verified Bool,
    server_id Nullable(String),
    tool_name Nullable(String),
    mcp_session_id Nullable(String),
    caller_identity Nullable(String),
    downstream_resource Nullable(String),
    authorization_mode Nullable(String),
    evidence_approval_required Nullable(Bool),
    evidence_approval_result Nullable(String),
    latency_ms Nullable(Float64),
    result_code Nullable(String),
    gateway_seen Bool,
    server_seen Bool,
    match_rung String,
    match_confidence Float64,
    match_candidates Int64,
    match_basis Nullable(String),
    match_choice Nullable(String),
    match_gap_ms Nullable(Float64),
    match_margin_ms Nullable(Float64),
    gateway_event_id Nullable(String),
    server_event_id Nullable(String),
    event_ids String,
    session_key Nullable(String),
    session_source Nullable(String),
    transport_outcome String,
    protocol_outcome String,
    tool_outcome String,
    outcome String,
    failure_layer Nullable(String),
    gateway_at Nullable(DateTime64(6, 'UTC')),
    server_at Nullable(DateTime64(6, 'UTC')),
    clock_skew_ms Nullable(Float64),
    gateway_latency_ms Nullable(Float64),
    server_latency_ms Nullable(Float64),
    gateway_overhead_ms Nullable(Float64),
    approval_wait_ms Nullable(Float64),
    approval_id Nullable(String),
    approval_requested_at Nullable(DateTime64(6, 'UTC')),
    approval_decided_at Nullable(DateTime64(6, 'UTC')),
    approval_expires_at Nullable(DateTime64(6, 'UTC')),
    approval_uses Nullable(Int64),
    rounds Int64,
    executed Nullable(Bool),
    execution_started_at Nullable(DateTime64(6, 'UTC')),
    server_version Nullable(String),
    http_status Nullable(Int32),
    rpc_error_code Nullable(Int32),
    error_type Nullable(String),
    weight Int64,
    is_sampled Bool,
    operation_id Nullable(String),
    correlation_id Nullable(String),
    server_span_id Nullable(String),
    client_name Nullable(String),
    caller_ip Nullable(String),
    region Nullable(String),
    subscription_id Nullable(String),
    conversation_id Nullable(String),
    arguments_hash Nullable(String)
)
engine = MergeTree
partition by (generation, toYYYYMMDD("timestamp"))
order by (server_id, tool_name, "timestamp", call_id)
settings allow_nullable_key = 1;

create or replace view correlated_calls as
select
    call_id,
    "timestamp",
    agent_id,
    agent_id_source,
    agent_id_kind,
    agent_id_verified,
    server_id,
    tool_name,
    mcp_session_id,
    caller_identity,
    downstream_resource,
    authorization_mode,
    evidence_approval_required,
    evidence_approval_result,
    latency_ms,
    result_code,
    gateway_seen,
    server_seen,
    match_rung,
    match_confidence,
    match_candidates,
    match_basis,
    match_choice,
    match_gap_ms,
    match_margin_ms,
    gateway_event_id,
    server_event_id,
    event_ids,
    session_key,
    session_source,
    transport_outcome,
    protocol_outcome,
    tool_outcome,
    outcome,
    failure_layer,
    gateway_at,
    server_at,
    clock_skew_ms,
    gateway_latency_ms,
    server_latency_ms,
    gateway_overhead_ms,
    approval_wait_ms,
    approval_id,
    approval_requested_at,
    approval_decided_at,
    approval_expires_at,
    approval_uses,
    rounds,
    executed,
    execution_started_at,
    server_version,
    http_status,
    rpc_error_code,
    error_type,
    weight,
    is_sampled,
    operation_id,
    correlation_id,
    server_span_id,
    client_name,
    caller_ip,
    region,
    subscription_id,
    conversation_id,
    arguments_hash
from correlated_calls_stored
where generation = (select max(generation) from generations where table_name = 'correlated_calls');

create table if not exists call_aliases_stored (
    generation UInt64,
    alias_id String,
    call_id String
)
engine = MergeTree
partition by (generation)
order by (alias_id)
settings allow_nullable_key = 1;

create or replace view call_aliases as
select
    alias_id,
    call_id
from call_aliases_stored
where generation = (select max(generation) from generations where table_name = 'call_aliases');

create table if not exists approvals_stored (
    generation UInt64,
    event_id String,
    approval_id Nullable(String),
    server_id Nullable(String),
    tool_name Nullable(String),
    agent_id Nullable(String),
    mcp_session_id Nullable(String),
    operation_id Nullable(String),
    arguments_hash Nullable(String),
    approval_required Nullable(Bool),
    approval_result Nullable(String),
    approval_requested_at Nullable(DateTime64(6, 'UTC')),
    approval_decided_at Nullable(DateTime64(6, 'UTC')),
    expires_at Nullable(DateTime64(6, 'UTC')),
    approval_wait_ms Nullable(Float64),
    approver Nullable(String)
)
engine = MergeTree
partition by (generation)
order by (event_id)
settings allow_nullable_key = 1;

create or replace view approvals as
select
    event_id,
    approval_id,
    server_id,
    tool_name,
    agent_id,
    mcp_session_id,
    operation_id,
    arguments_hash,
    approval_required,
    approval_result,
    approval_requested_at,
    approval_decided_at,
    expires_at,
    approval_wait_ms,
    approver
from approvals_stored
where generation = (select max(generation) from generations where table_name = 'approvals');

create table if not exists auth_attempts_stored (
    generation UInt64,
    event_id String,
    "timestamp" DateTime64(6, 'UTC'),
    server_id Nullable(String),
    agent_id Nullable(String),
    caller_identity Nullable(String),
    caller_ip Nullable(String),
    client_name Nullable(String),
    inbound_auth Nullable(String),
    environment Nullable(String),
    http_status Nullable(Int32),
    credential_presented Nullable(Bool),
    challenge_offered Nullable(Bool),
    url_path Nullable(String),
    error_type Nullable(String),
    auth_outcome String,
    correlation_id Nullable(String),
    weight Int64
)
engine = MergeTree
partition by (generation, toYYYYMMDD("timestamp"))
order by (server_id, "timestamp", event_id)
settings allow_nullable_key = 1;

create or replace view auth_attempts as
select
    event_id,
    "timestamp",
    server_id,
    agent_id,
    caller_identity,
    caller_ip,
    client_name,
    inbound_auth,
    environment,
    http_status,
    credential_presented,
    challenge_offered,
    url_path,
    error_type,
    auth_outcome,
    correlation_id,
    weight
from auth_attempts_stored
where generation = (select max(generation) from generations where table_name = 'auth_attempts');

create table if not exists model_calls_stored (
    generation UInt64,
    event_id String,
    "timestamp" DateTime64(6, 'UTC'),
    correlation_id Nullable(String),
    operation_id Nullable(String),
    agent_id Nullable(String),
    caller_identity Nullable(String),
    subscription_id Nullable(String),
    conversation_id Nullable(String),
    model Nullable(String),
    deployment Nullable(String),
    input_tokens Nullable(Int64),
    cached_input_tokens Nullable(Int64),
    output_tokens Nullable(Int64),
    weight Int64
)
engine = MergeTree
partition by (generation, toYYYYMMDD("timestamp"))
order by (model, "timestamp", event_id)
settings allow_nullable_key = 1;

create or replace view model_calls as
select
    event_id,
    "timestamp",
    correlation_id,
    operation_id,
    agent_id,
    caller_identity,
    subscription_id,
    conversation_id,
    model,
    deployment,
    input_tokens,
    cached_input_tokens,
    output_tokens,
    weight
from model_calls_stored
where generation = (select max(generation) from generations where table_name = 'model_calls');

create table if not exists sessions_stored (
    generation UInt64,
    session_key String,
    session_source String,
    mcp_session_id Nullable(String),
    agent_id Nullable(String),
    caller_identity Nullable(String),
    client_name Nullable(String),
    first_at DateTime64(6, 'UTC'),
    last_at DateTime64(6, 'UTC'),
    calls Int64,
    failed_calls Int64,
    servers Int64,
    tools Int64
)
engine = MergeTree
partition by (generation)
order by (session_key)
settings allow_nullable_key = 1;

create or replace view sessions as
select
    session_key,
    session_source,
    mcp_session_id,
    agent_id,
    caller_identity,
    client_name,
    first_at,
    last_at,
    calls,
    failed_calls,
    servers,
    tools
from sessions_stored
where generation = (select max(generation) from generations where table_name = 'sessions');

create table if not exists session_aliases_stored (
    generation UInt64,
    alias String,
    session_key String
)
engine = MergeTree
partition by (generation)
order by (alias)
settings allow_nullable_key = 1;

create or replace view session_aliases as
select
    alias,
    session_key
from session_aliases_stored
where generation = (select max(generation) from generations where table_name = 'session_aliases');

create table if not exists agents_stored (
    generation UInt64,
    agent_id String,
    agent_id_kind Nullable(String),
    display_name Nullable(String),
    owner Nullable(String),
    environment Nullable(String),
    cost_center Nullable(String),
    approved Nullable(Bool),
    expires_at Nullable(DateTime64(6, 'UTC')),
    is_known Bool,
    origin String
)
engine = MergeTree
partition by (generation)
order by (agent_id)
settings allow_nullable_key = 1;

create or replace view agents as
select
    agent_id,
    agent_id_kind,
    display_name,
    owner,
    environment,
    cost_center,
    approved,
    expires_at,
    is_known,
    origin
from agents_stored
where generation = (select max(generation) from generations where table_name = 'agents');

create table if not exists agent_names_stored (
    generation UInt64,
    name String,
    agent_id String
)
engine = MergeTree
partition by (generation)
order by (name)
settings allow_nullable_key = 1;

create or replace view agent_names as
select
    name,
    agent_id
from agent_names_stored
where generation = (select max(generation) from generations where table_name = 'agent_names');

create table if not exists servers_stored (
    generation UInt64,
    server_id String,
    owner Nullable(String),
    environment Nullable(String),
    region Nullable(String),
    approved Nullable(Bool),
    cost_center Nullable(String),
    is_known Bool,
    origin String
)
engine = MergeTree
partition by (generation)
order by (server_id)
settings allow_nullable_key = 1;

create or replace view servers as
select
    server_id,
    owner,
    environment,
    region,
    approved,
    cost_center,
    is_known,
    origin
from servers_stored
where generation = (select max(generation) from generations where table_name = 'servers');

create table if not exists server_names_stored (
    generation UInt64,
    name String,
    server_id String
)
engine = MergeTree
partition by (generation)
order by (name)
settings allow_nullable_key = 1;

create or replace view server_names as
select
    name,
    server_id
from server_names_stored
where generation = (select max(generation) from generations where table_name = 'server_names');

create table if not exists tools_stored (
    generation UInt64,
    server_id String,
    tool_name String,
    tool_class String,
    approval Nullable(String)
)
engine = MergeTree
partition by (generation)
order by (server_id, tool_name)
settings allow_nullable_key = 1;

create or replace view tools as
select
    server_id,
    tool_name,
    tool_class,
    approval
from tools_stored
where generation = (select max(generation) from generations where table_name = 'tools');

create table if not exists gateway_settings_stored (
    generation UInt64,
    gateway String,
    api_id Nullable(String),
    diagnostic_id String,
    observed_at DateTime64(6, 'UTC'),
    fronts_mcp Nullable(Bool),
    response_body_bytes Nullable(Int64),
    request_body_bytes Nullable(Int64),
    llm_messages Nullable(Bool),
    correlation_protocol Nullable(String),
    sampling_percent Nullable(Float64)
)
engine = MergeTree
partition by (generation)
order by (gateway, diagnostic_id, observed_at)
settings allow_nullable_key = 1;

create or replace view gateway_settings as
select
    gateway,
    api_id,
    diagnostic_id,
    observed_at,
    fronts_mcp,
    response_body_bytes,
    request_body_bytes,
    llm_messages,
    correlation_protocol,
    sampling_percent
from gateway_settings_stored
where generation = (select max(generation) from generations where table_name = 'gateway_settings');

create table if not exists correlation_state_stored (
    generation UInt64,
    batch_id Int64,
    events Int64,
    fingerprint String
)
engine = MergeTree
partition by (generation)
order by tuple();

create or replace view correlation_state as
select
    batch_id,
    events,
    fingerprint
from correlation_state_stored
where generation = (select max(generation) from generations where table_name = 'correlation_state');

create table if not exists correlation_runs_stored (
    generation UInt64,
    run_no Int64,
    is_rebuild Bool,
    new_events Int64,
    reopened_events Int64,
    calls Int64,
    revised_calls Int64
)
engine = MergeTree
partition by (generation)
order by tuple();

create or replace view correlation_runs as
select
    run_no,
    is_rebuild,
    new_events,
    reopened_events,
    calls,
    revised_calls
from correlation_runs_stored
where generation = (select max(generation) from generations where table_name = 'correlation_runs');

-- One row per Entra sign-in: a token was issued, which is not a call.
create or replace view sign_ins as
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

create or replace view tool_calls as
select
    call.call_id as call_id,
    call."timestamp" as "timestamp",
    call.agent_id as agent_id,
    call.server_id as server_id,
    call.tool_name as tool_name,
    call.mcp_session_id as mcp_session_id,
    call.caller_identity as caller_identity,
    call.downstream_resource as downstream_resource,
    call.authorization_mode as authorization_mode,
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
    call.latency_ms as latency_ms,
    call.result_code as result_code,
    call.agent_id_source as agent_id_source,
    call.agent_id_kind as agent_id_kind,
    call.agent_id_verified as agent_id_verified,
    call.gateway_seen as gateway_seen,
    call.server_seen as server_seen,
    call.match_rung as match_rung,
    call.match_confidence as match_confidence,
    call.match_candidates as match_candidates,
    call.match_basis as match_basis,
    call.match_choice as match_choice,
    call.match_gap_ms as match_gap_ms,
    call.match_margin_ms as match_margin_ms,
    call.event_ids as event_ids,
    call.session_key as session_key,
    call.session_source as session_source,
    call.transport_outcome as transport_outcome,
    call.protocol_outcome as protocol_outcome,
    call.tool_outcome as tool_outcome,
    call.outcome as outcome,
    call.failure_layer as failure_layer,
    call.gateway_at as gateway_at,
    call.server_at as server_at,
    call.clock_skew_ms as clock_skew_ms,
    call.gateway_latency_ms as gateway_latency_ms,
    call.server_latency_ms as server_latency_ms,
    call.gateway_overhead_ms as gateway_overhead_ms,
    call.approval_wait_ms as approval_wait_ms,
    -- Latency without human approval; NULL where an approval was needed and its wait is not known.
    case
        when call.approval_wait_ms is not null then call.latency_ms - call.approval_wait_ms
        when tool.approval = 'required' or call.evidence_approval_required then null
        else call.latency_ms
    end as active_latency_ms,
    call.approval_id as approval_id,
    call.approval_requested_at as approval_requested_at,
    call.approval_decided_at as approval_decided_at,
    call.approval_expires_at as approval_expires_at,
    call.approval_uses as approval_uses,
    call.evidence_approval_required as evidence_approval_required,
    tool.approval as inventory_approval,
    call.rounds as rounds,
    call.executed as executed,
    call.execution_started_at as execution_started_at,
    call.server_version as server_version,
    call.http_status as http_status,
    call.rpc_error_code as rpc_error_code,
    call.error_type as error_type,
    coalesce(tool.tool_class, 'unclassified') as tool_class,
    server.environment as environment,
    -- Azure writes one region as 'West Europe' and as 'westeurope': its short name can be compared.
    lowerUTF8(replaceAll(server.region, ' ', '')) as server_region,
    lowerUTF8(replaceAll(call.region, ' ', '')) as gateway_region,
    agent.display_name as agent_name,
    agent.owner as agent_owner,
    server.owner as server_owner,
    coalesce(agent.cost_center, server.cost_center) as cost_center,
    arrayStringConcat(
        arrayMap(
            name -> assumeNotNull(name),
            arrayFilter(name -> isNotNull(name), [
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
            
            ])
        ),
        ','
    ) as missing_fields,
    call.weight as weight,
    call.is_sampled as is_sampled,
    call.operation_id as operation_id,
    call.correlation_id as correlation_id,
    call.server_span_id as server_span_id,
    call.client_name as client_name,
    call.caller_ip as caller_ip,
    call.subscription_id as subscription_id,
    call.conversation_id as conversation_id,
    call.arguments_hash as arguments_hash
from correlated_calls as call
left join tools as tool
    on call.server_id = tool.server_id
    and call.tool_name = tool.tool_name
left join servers as server on call.server_id = server.server_id
left join agents as agent on call.agent_id = agent.agent_id
settings join_use_nulls = 1;
