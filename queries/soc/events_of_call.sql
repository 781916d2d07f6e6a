-- name:    soc/events_of_call
-- purpose: Every piece of evidence behind one tool call, in time order.
-- readers: SOC
-- grain:   one row per evidence item of the call
-- brief:   occurred_at, layer, source_table, kind, latency_ms, http_status, result_code
-- param:   call             varchar      -        call id, or an earlier id of the same call
-- column:  occurred_at      timestamptz  UTC      when, by the clock of its source
-- column:  layer            varchar      -        gateway, server, identity, model, approval, config or platform
-- column:  source_table     varchar      -        Azure table or stream it came from
-- column:  kind             varchar      -        what kind of evidence
-- column:  server_id        varchar      -        as the evidence has it
-- column:  tool_name        varchar      -        as the evidence has it
-- column:  agent_id         varchar      -        as the evidence has it
-- column:  caller_identity  varchar      -        as the evidence has it
-- column:  mcp_method       varchar      -        JSON-RPC method
-- column:  latency_ms       double       ms       duration
-- column:  http_status      integer      -        HTTP status
-- column:  rpc_error_code   integer      -        JSON-RPC error code
-- column:  tool_is_error    boolean      -        isError of the result
-- column:  error_type       varchar      -        error class
-- column:  result_code      varchar      -        result as the source states it
-- column:  approval_result  varchar      -        approval decision
-- column:  mcp_session_id   varchar      -        declared session id
-- column:  operation_id     varchar      -        trace id
-- column:  span_id          varchar      -        span
-- column:  parent_span_id   varchar      -        its parent
-- column:  correlation_id   varchar      -        id of the gateway request
-- column:  weight           bigint       records  how many records this one stands for
-- column:  batch_id         bigint       -        ingest batch it came in
-- column:  record_no        bigint       -        its position there
-- column:  event_id         uuid         -        stable id of the evidence

with

call_asked as (

    select event_ids
    from correlated_calls
    where
        call_id = x_to_uuid({call:Varchar})
        or call_id in (
            select call_id
            from call_aliases
            where alias_id = x_to_uuid({call:Varchar})
        )

),

evidence as (

    select x_each(x_split(event_ids, ',')) as event_text
    from call_asked

)

select
    occurred_at,
    layer,
    source_table,
    kind,
    server_id,
    tool_name,
    agent_id,
    caller_identity,
    mcp_method,
    latency_ms,
    http_status,
    rpc_error_code,
    tool_is_error,
    error_type,
    result_code,
    approval_result,
    mcp_session_id,
    operation_id,
    span_id,
    parent_span_id,
    correlation_id,
    weight,
    batch_id,
    record_no,
    event_id

from events

where event_id in (select x_to_uuid(event_text) from evidence)

order by occurred_at, event_id
