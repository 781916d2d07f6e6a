-- The evidence, as store/schema/ has it: what the published names stand for there, views show here. The tables behind
-- them keep copies until ClickHouse merges them away; the views never show one. An id is text, because ClickHouse
-- orders its own UUID by the second half first.

-- Of tables that are replaced as a whole: the generation that is published, one row a table. The rows of one insert
-- appear together, so that several tables are replaced at once.
create table if not exists generations (
    table_name String,
    generation UInt64
)
engine = MergeTree
order by (table_name, generation);

-- What was committed and is not in the tables yet: the rows of each table as Parquet. One insert is one commit; its
-- partition is dropped when the tables have it.
create table if not exists commits (
    commit_id String,
    table_name String,
    rows_parquet String
)
engine = MergeTree
partition by commit_id
order by table_name
settings non_replicated_deduplication_window = 1000;

create table if not exists events_stored (
    event_id String,
    item_no Int32,
    source_table String,
    source_rank Int16,
    content_hash UInt64,
    batch_id Int64,
    record_no Int64,
    layer String,
    kind String,
    occurred_at DateTime64(6, 'UTC'),
    received_at Nullable(DateTime64(6, 'UTC')),
    resource_id Nullable(String),
    correlation_id Nullable(String),
    operation_id Nullable(String),
    linked_operation_id Nullable(String),
    span_id Nullable(String),
    parent_span_id Nullable(String),
    mcp_session_id Nullable(String),
    conversation_id Nullable(String),
    rpc_request_id Nullable(String),
    approval_id Nullable(String),
    token_id Nullable(String),
    agent_id Nullable(String),
    agent_id_source Nullable(String),
    agent_id_kind Nullable(String),
    server_id Nullable(String),
    tool_name Nullable(String),
    caller_identity Nullable(String),
    downstream_resource Nullable(String),
    authorization_mode Nullable(String),
    approval_required Nullable(Bool),
    approval_result Nullable(String),
    latency_ms Nullable(Float64),
    result_code Nullable(String),
    mcp_method Nullable(String),
    http_method Nullable(String),
    url_path Nullable(String),
    http_status Nullable(Int32),
    is_success Nullable(Bool),
    rpc_error_code Nullable(Int32),
    tool_is_error Nullable(Bool),
    error_type Nullable(String),
    result_type Nullable(String),
    latency_shared Nullable(Bool),
    backend_latency_ms Nullable(Float64),
    inbound_auth Nullable(String),
    credential_presented Nullable(Bool),
    challenge_offered Nullable(Bool),
    is_truncated Nullable(Bool),
    approval_requested_at Nullable(DateTime64(6, 'UTC')),
    approval_decided_at Nullable(DateTime64(6, 'UTC')),
    approval_expires_at Nullable(DateTime64(6, 'UTC')),
    approval_wait_ms Nullable(Float64),
    approver Nullable(String),
    arguments_hash Nullable(String),
    client_name Nullable(String),
    client_version Nullable(String),
    caller_ip Nullable(String),
    server_version Nullable(String),
    region Nullable(String),
    environment Nullable(String),
    subscription_id Nullable(String),
    model Nullable(String),
    input_tokens Nullable(Int64),
    cached_input_tokens Nullable(Int64),
    output_tokens Nullable(Int64),
    cache_status Nullable(String),
    request_bytes Nullable(Int64),
    response_bytes Nullable(Int64),
    response_body_logged_bytes Nullable(Int64),
    weight Int64,
    tags Nullable(String),
    -- The copy that is kept: lowest rank, then lowest content hash.
    preference UInt128 default bitNot(bitShiftLeft(toUInt128(source_rank), 64) + toUInt128(content_hash))
)
engine = ReplacingMergeTree(preference)
partition by (toYYYYMMDD(occurred_at))
order by (event_id)
settings non_replicated_deduplication_window = 1000;

create or replace view events as
select
    event_id,
    item_no,
    source_table,
    source_rank,
    content_hash,
    batch_id,
    record_no,
    layer,
    kind,
    occurred_at,
    received_at,
    resource_id,
    correlation_id,
    operation_id,
    linked_operation_id,
    span_id,
    parent_span_id,
    mcp_session_id,
    conversation_id,
    rpc_request_id,
    approval_id,
    token_id,
    agent_id,
    agent_id_source,
    agent_id_kind,
    server_id,
    tool_name,
    caller_identity,
    downstream_resource,
    authorization_mode,
    approval_required,
    approval_result,
    latency_ms,
    result_code,
    mcp_method,
    http_method,
    url_path,
    http_status,
    is_success,
    rpc_error_code,
    tool_is_error,
    error_type,
    result_type,
    latency_shared,
    backend_latency_ms,
    inbound_auth,
    credential_presented,
    challenge_offered,
    is_truncated,
    approval_requested_at,
    approval_decided_at,
    approval_expires_at,
    approval_wait_ms,
    approver,
    arguments_hash,
    client_name,
    client_version,
    caller_ip,
    server_version,
    region,
    environment,
    subscription_id,
    model,
    input_tokens,
    cached_input_tokens,
    output_tokens,
    cache_status,
    request_bytes,
    response_bytes,
    response_body_logged_bytes,
    weight,
    tags
from events_stored final;

create table if not exists rejected_records_stored (
    batch_id Int64,
    record_no Int64,
    record_path Nullable(String),
    source String,
    source_table Nullable(String),
    reason String,
    record_bytes Int64,
    record_hash String,
    excerpt Nullable(String),
    -- The one that came first is kept.
    preference UInt64 default bitNot(toUInt64(batch_id))
)
engine = ReplacingMergeTree(preference)
order by (record_hash, source, record_no, ifNull(record_path, ''))
settings non_replicated_deduplication_window = 1000;

create or replace view rejected_records as
select
    batch_id,
    record_no,
    record_path,
    source,
    source_table,
    reason,
    record_bytes,
    record_hash,
    excerpt
from rejected_records_stored final;

create table if not exists ingest_batches_stored (
    batch_id Int64,
    source String,
    source_table String,
    received Int64,
    stored Int64,
    duplicate Int64,
    rejected Int64,
    excluded Int64,
    sampled Int64,
    truncated Int64,
    first_at Nullable(DateTime64(6, 'UTC')),
    last_at Nullable(DateTime64(6, 'UTC'))
)
engine = ReplacingMergeTree()
order by (batch_id, source, source_table)
settings non_replicated_deduplication_window = 1000;

create or replace view ingest_batches as
select
    batch_id,
    source,
    source_table,
    received,
    stored,
    duplicate,
    rejected,
    excluded,
    sampled,
    truncated,
    first_at,
    last_at
from ingest_batches_stored final;

create table if not exists redactions_stored (
    batch_id Int64,
    source String,
    source_table String,
    column_name String,
    kind String,
    redacted Int64
)
engine = ReplacingMergeTree()
order by (batch_id, source, source_table, column_name, kind)
settings non_replicated_deduplication_window = 1000;

create or replace view redactions as
select
    batch_id,
    source,
    source_table,
    column_name,
    kind,
    redacted
from redactions_stored final;

create table if not exists unreadable_values_stored (
    batch_id Int64,
    source String,
    source_table String,
    column_name String,
    unreadable Int64
)
engine = ReplacingMergeTree()
order by (batch_id, source, source_table, column_name)
settings non_replicated_deduplication_window = 1000;

create or replace view unreadable_values as
select
    batch_id,
    source,
    source_table,
    column_name,
    unreadable
from unreadable_values_stored final;

create table if not exists replaced_events_stored (
    event_id String,
    batch_id Int64,
    correlation_id Nullable(String),
    operation_id Nullable(String),
    linked_operation_id Nullable(String),
    mcp_session_id Nullable(String),
    approval_id Nullable(String)
)
engine = ReplacingMergeTree()
order by (event_id, batch_id)
settings non_replicated_deduplication_window = 1000;

create or replace view replaced_events as
select
    event_id,
    batch_id,
    correlation_id,
    operation_id,
    linked_operation_id,
    mcp_session_id,
    approval_id
from replaced_events_stored final;

create table if not exists checkpoints_stored (
    source String,
    partition_id String,
    position String,
    event_offset Nullable(String),
    enqueued_at Nullable(DateTime64(6, 'UTC')),
    stream_created_at Nullable(DateTime64(6, 'UTC')),
    events Nullable(Int64),
    redelivered Nullable(Int64),
    updated_at Nullable(DateTime64(6, 'UTC'))
)
engine = ReplacingMergeTree()
order by (source, partition_id)
settings non_replicated_deduplication_window = 1000;

create or replace view checkpoints as
select
    source,
    partition_id,
    position,
    event_offset,
    enqueued_at,
    stream_created_at,
    events,
    redelivered,
    updated_at
from checkpoints_stored final;

create table if not exists stream_gaps_stored (
    source String,
    partition_id String,
    cause String,
    from_sequence_number Int64,
    to_sequence_number Nullable(Int64),
    from_at Nullable(DateTime64(6, 'UTC')),
    to_at DateTime64(6, 'UTC'),
    noticed_at DateTime64(6, 'UTC')
)
engine = ReplacingMergeTree()
order by (source, partition_id, from_sequence_number, cause)
settings non_replicated_deduplication_window = 1000;

create or replace view stream_gaps as
select
    source,
    partition_id,
    cause,
    from_sequence_number,
    to_sequence_number,
    from_at,
    to_at,
    noticed_at
from stream_gaps_stored final;

create table if not exists pseudonymised_columns_stored (
    column_name String,
    key_check String
)
engine = ReplacingMergeTree()
order by (column_name)
settings non_replicated_deduplication_window = 1000;

create or replace view pseudonymised_columns as
select
    column_name,
    key_check
from pseudonymised_columns_stored final;
