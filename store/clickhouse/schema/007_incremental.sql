-- What correlation keeps for the next one, as store/schema/ has it, and published tables of which days are replaced apart.

-- Of a table whose partitions are of a generation and a day: for each day the generation that is published. A table that is
-- replaced as a whole has day 0 alone.
alter table generations add column if not exists day UInt32 default 0;

insert into generations (table_name, generation, day)
select distinct 'correlated_calls', generation, toYYYYMMDD("timestamp")
from correlated_calls_stored
where generation = (select max(generation) from generations where table_name = 'correlated_calls');

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
where (generation, toYYYYMMDD("timestamp")) in (
    select max(generation), day from generations where table_name = 'correlated_calls' group by day
);

insert into generations (table_name, generation, day)
select distinct 'auth_attempts', generation, toYYYYMMDD("timestamp")
from auth_attempts_stored
where generation = (select max(generation) from generations where table_name = 'auth_attempts');

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
where (generation, toYYYYMMDD("timestamp")) in (
    select max(generation), day from generations where table_name = 'auth_attempts' group by day
);

insert into generations (table_name, generation, day)
select distinct 'model_calls', generation, toYYYYMMDD("timestamp")
from model_calls_stored
where generation = (select max(generation) from generations where table_name = 'model_calls');

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
where (generation, toYYYYMMDD("timestamp")) in (
    select max(generation), day from generations where table_name = 'model_calls' group by day
);

-- Of what is an event's, `day` is that of the event.

create table if not exists kept_groups_stored (
    generation UInt64,
    day UInt32,
    event_id String,
    group_id String
)
engine = MergeTree
partition by (generation, day)
order by (event_id);

create or replace view kept_groups as
select
    event_id,
    group_id
from kept_groups_stored
where (generation, day) in (
    select max(generation), day from generations where table_name = 'kept_groups' group by day
);

create table if not exists kept_differences_stored (
    generation UInt64,
    day UInt32,
    server_key String,
    offset_server_id String,
    hour_no Int64,
    span_us Nullable(Float64),
    trace_us Nullable(Float64),
    session_us Nullable(Float64)
)
engine = MergeTree
partition by (generation, day)
order by (offset_server_id, hour_no, server_key);

create or replace view kept_differences as
select
    server_key,
    offset_server_id,
    hour_no,
    span_us,
    trace_us,
    session_us
from kept_differences_stored
where (generation, day) in (
    select max(generation), day from generations where table_name = 'kept_differences' group by day
);

create table if not exists kept_clock_users_stored (
    generation UInt64,
    day UInt32,
    server_key String,
    offset_server_id String,
    hour_no Int64
)
engine = MergeTree
partition by (generation, day)
order by (offset_server_id, hour_no, server_key);

create or replace view kept_clock_users as
select
    server_key,
    offset_server_id,
    hour_no
from kept_clock_users_stored
where (generation, day) in (
    select max(generation), day from generations where table_name = 'kept_clock_users' group by day
);

create table if not exists kept_contested_stored (
    generation UInt64,
    day UInt32,
    server_key String,
    offset_server_id String
)
engine = MergeTree
partition by (generation, day)
order by (offset_server_id, server_key);

create or replace view kept_contested as
select
    server_key,
    offset_server_id
from kept_contested_stored
where (generation, day) in (
    select max(generation), day from generations where table_name = 'kept_contested' group by day
);

create table if not exists kept_lines_stored (
    generation UInt64,
    day UInt32,
    match_key String,
    id String,
    at_us Float64,
    reach_us Float64,
    is_decisive Bool
)
engine = MergeTree
partition by (generation, day)
order by (match_key, at_us, id);

create or replace view kept_lines as
select
    match_key,
    id,
    at_us,
    reach_us,
    is_decisive
from kept_lines_stored
where (generation, day) in (
    select max(generation), day from generations where table_name = 'kept_lines' group by day
);

create table if not exists kept_session_ties_stored (
    generation UInt64,
    day UInt32,
    id String,
    mcp_session_id String,
    is_whole Bool
)
engine = MergeTree
partition by (generation, day)
order by (mcp_session_id, id);

create or replace view kept_session_ties as
select
    id,
    mcp_session_id,
    is_whole
from kept_session_ties_stored
where (generation, day) in (
    select max(generation), day from generations where table_name = 'kept_session_ties' group by day
);

create table if not exists kept_offsets_stored (
    generation UInt64,
    offset_server_id String,
    hour_no Int64,
    offset_us Float64
)
engine = MergeTree
partition by (generation)
order by (offset_server_id, hour_no);

create or replace view kept_offsets as
select
    offset_server_id,
    hour_no,
    offset_us
from kept_offsets_stored
where generation = (select max(generation) from generations where table_name = 'kept_offsets');

create table if not exists kept_spreads_stored (
    generation UInt64,
    offset_server_id String,
    spread_us Float64
)
engine = MergeTree
partition by (generation)
order by (offset_server_id);

create or replace view kept_spreads as
select
    offset_server_id,
    spread_us
from kept_spreads_stored
where generation = (select max(generation) from generations where table_name = 'kept_spreads');

create table if not exists kept_model_apis_stored (
    generation UInt64,
    server_id String
)
engine = MergeTree
partition by (generation)
order by (server_id);

create or replace view kept_model_apis as
select
    server_id
from kept_model_apis_stored
where generation = (select max(generation) from generations where table_name = 'kept_model_apis');

-- The batch of the better copy: a replacement that the last correlation has seen is not shown.
alter table replaced_events_stored add column if not exists replaced_by Int64 default 0;

create or replace view replaced_events as
select
    event_id,
    batch_id,
    correlation_id,
    operation_id,
    linked_operation_id,
    mcp_session_id,
    approval_id
from replaced_events_stored final
where replaced_by > (select coalesce(max(batch_id), -1) from correlation_state);
