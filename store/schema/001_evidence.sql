-- Evidence as it was received: one row per evidence item, what was set aside, and the books of each run.

create table events (
    ---------- identity: 128-bit hash of canonical table, resource, natural ids, item_no
    event_id uuid not null,
    item_no integer not null,
    source_table varchar not null,
    -- Which copy of one event is kept: lowest rank first, then lowest content hash; never arrival.
    source_rank smallint not null,
    content_hash ubigint not null,
    batch_id bigint not null,
    record_no bigint not null,

    ---------- what kind of evidence
    layer varchar not null, -- gateway | server | identity | model | approval | config | platform
    kind varchar not null, -- request | call | dependency | exception | log | tokens | sign_in | decision | agent | server | tool | diagnostic; of platform, see docs/sources.md
    occurred_at timestamptz not null,
    received_at timestamptz,

    ---------- ids
    resource_id varchar,
    correlation_id varchar,
    operation_id varchar,
    linked_operation_id varchar,
    span_id varchar,
    parent_span_id varchar,
    mcp_session_id varchar,
    conversation_id varchar,
    rpc_request_id varchar,
    approval_id varchar,
    token_id varchar,

    ---------- the contract fields; `timestamp` is occurred_at
    agent_id varchar,
    agent_id_source varchar,
    agent_id_kind varchar,
    server_id varchar,
    tool_name varchar,
    caller_identity varchar,
    downstream_resource varchar,
    authorization_mode varchar,
    approval_required boolean,
    approval_result varchar,
    latency_ms double,
    result_code varchar,

    ---------- request and outcome
    mcp_method varchar,
    http_method varchar,
    url_path varchar,
    http_status integer,
    is_success boolean,
    rpc_error_code integer,
    tool_is_error boolean,
    error_type varchar,
    result_type varchar,
    latency_shared boolean,
    backend_latency_ms double,
    inbound_auth varchar,
    credential_presented boolean,
    challenge_offered boolean, -- a 401 carried WWW-Authenticate; NULL where response headers are not logged
    is_truncated boolean,

    ---------- approval
    approval_requested_at timestamptz,
    approval_decided_at timestamptz,
    approval_expires_at timestamptz,
    approval_wait_ms double,
    approver varchar,
    arguments_hash varchar,

    ---------- parties
    client_name varchar,
    client_version varchar,
    caller_ip varchar,
    server_version varchar,
    region varchar,
    environment varchar,
    subscription_id varchar,

    ---------- model use
    model varchar,
    input_tokens bigint,
    cached_input_tokens bigint,
    output_tokens bigint,
    cache_status varchar,

    ---------- sizes and sampling
    request_bytes bigint,
    response_bytes bigint,
    response_body_logged_bytes bigint,
    weight bigint not null,
    tags json
);

create table rejected_records (
    batch_id bigint not null,
    record_no bigint not null, -- which JSON value, line or row of its file or stream, from 1
    record_path varchar, -- where inside that value, e.g. 'records[3]'
    source varchar not null, -- file or stream it came in
    source_table varchar, -- NULL: not recognised
    reason varchar not null,
    record_bytes bigint not null,
    record_hash varchar not null, -- keyed; equal records have equal hashes
    excerpt varchar -- secrets masked; never the raw record
);

create table ingest_batches (
    batch_id bigint not null,
    source varchar not null,
    source_table varchar not null, -- '' for what could not be recognised
    received bigint not null,
    stored bigint not null,
    duplicate bigint not null,
    rejected bigint not null,
    excluded bigint not null,
    sampled bigint not null, -- of the stored, how many stand for more than one
    truncated bigint not null, -- of the stored, how many were cut by their sender
    first_at timestamptz,
    last_at timestamptz,
    check (received = stored + duplicate + rejected + excluded)
);

-- Where a resumable source stands. Written in the transaction of the rows it covers.
create table checkpoints (
    source varchar not null,
    partition_id varchar not null,
    position varchar not null
);
