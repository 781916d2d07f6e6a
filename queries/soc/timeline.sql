-- name:    soc/timeline
-- purpose: What happened, call by call, in time order; any filter left empty matches all.
-- readers: SOC
-- grain:   one row per tool call, earliest first
-- brief:   timestamp, agent, server_id, tool_name, outcome, latency_ms, match_rung
-- param:   from_at            timestamptz  UTC    window start, inclusive (default: now-30d)
-- param:   to_at              timestamptz  UTC    window end, exclusive (default: now)
-- param:   session            varchar      -      session key or Mcp-Session-Id (default: )
-- param:   agent              varchar      -      agent id, name, or another name of the inventory (default: )
-- param:   call               varchar      -      call id, or an earlier id of the same call (default: )
-- param:   caller             varchar      -      caller identity (default: )
-- param:   agent_pseudonym    varchar      -      agent, as a store has it that hides e-mail addresses (default: )
-- param:   caller_pseudonym   varchar      -      caller, as a store has it that keeps pseudonyms (default: )
-- param:   tool               varchar      -      tool name (default: )
-- param:   server             varchar      -      server id (default: )
-- param:   limit              bigint       calls  at most this many, the earliest (default: 1000)
-- column:  timestamp          timestamptz  UTC    start of the call: the gateway's, else the server's
-- column:  agent              varchar      -      name of the agent, else its id; null when unattributed
-- column:  caller_identity    varchar      -      who called, as logged
-- column:  server_id          varchar      -      MCP server
-- column:  tool_name          varchar      -      tool
-- column:  tool_class         varchar      -      read_only, write, destructive or unclassified
-- column:  transport_outcome  varchar      -      HTTP: ok, error or unknown
-- column:  protocol_outcome   varchar      -      JSON-RPC: ok, error or unknown
-- column:  tool_outcome       varchar      -      isError: ok, error or unknown
-- column:  outcome            varchar      -      success, failure, denied, challenge or unknown
-- column:  latency_ms         double       ms     the gateway's, else the server's
-- column:  match_rung         varchar      -      how gateway and server evidence were joined
-- column:  match_confidence   double       0..1   how sure that is
-- column:  session_key        varchar      -      session the call belongs to
-- column:  session_source     varchar      -      declared, conversation, trace or inferred
-- column:  approval_required  boolean      -      null when nothing says
-- column:  approval_result    varchar      -      approved, denied, expired or not_required; null when unknown
-- column:  result_code        varchar      -      tool error, else JSON-RPC code, else gateway error, else HTTP status
-- column:  failure_layer      varchar      -      where it failed
-- column:  missing_fields     varchar      -      contract fields that are absent, comma-separated
-- column:  is_sampled         boolean      -      the evidence stands for more than itself
-- column:  clock_skew_ms      double       ms     server clock minus gateway clock
-- column:  agent_id           varchar      -      as the evidence has it
-- column:  agent_id_verified  boolean      -      from a token, not asserted by the client
-- column:  mcp_session_id     varchar      -      declared session id
-- column:  operation_id       varchar      -      trace id
-- column:  correlation_id     varchar      -      id of the gateway request
-- column:  server_span_id     varchar      -      id of the server request
-- column:  caller_ip          varchar      -      address of the caller
-- column:  client_name        varchar      -      MCP client, asserted by itself
-- column:  call_id            uuid         -      stable id of the call

with

-- Whoever looks for an agent may write its id in any case, as telemetry does.
agents_asked as (

    select agent_id
    from agents
    where
        x_lower(agent_id) in (x_lower({agent:Varchar}), x_lower({agent_pseudonym:Varchar}))
        or x_lower(display_name) in (x_lower({agent:Varchar}), x_lower({agent_pseudonym:Varchar}))

    union distinct

    select agent_id
    from agent_names
    where x_lower(name) in (x_lower({agent:Varchar}), x_lower({agent_pseudonym:Varchar}))

),

-- Few columns and the limit first: the view is then asked for these calls only.
calls_asked as (

    select
        call_id,
        "timestamp"

    from correlated_calls

    where
        "timestamp" >= {from_at:Timestamp}
        and "timestamp" < {to_at:Timestamp}
        and (
            {session:Varchar} = ''
            or session_key = {session:Varchar}
            or mcp_session_id = {session:Varchar}
        )
        and (
            {agent:Varchar} = ''
            or agent_id in ({agent:Varchar}, {agent_pseudonym:Varchar})
            or agent_id in (select agent_id from agents_asked)
        )
        and (
            {call:Varchar} = ''
            or call_id = x_to_uuid({call:Varchar})
            or call_id in (
                select call_id
                from call_aliases
                where alias_id = x_to_uuid({call:Varchar})
            )
        )
        and (
            {caller:Varchar} = ''
            or caller_identity in ({caller:Varchar}, {caller_pseudonym:Varchar})
        )
        and ({tool:Varchar} = '' or tool_name = {tool:Varchar})
        and ({server:Varchar} = '' or server_id = {server:Varchar})

    order by
        "timestamp",
        call_id

    limit {limit:Bigint}

)

select
    "timestamp",
    coalesce(agent_name, agent_id) as agent,
    caller_identity,
    server_id,
    tool_name,
    tool_class,
    transport_outcome,
    protocol_outcome,
    tool_outcome,
    outcome,
    latency_ms,
    match_rung,
    match_confidence,
    session_key,
    session_source,
    approval_required,
    approval_result,
    result_code,
    failure_layer,
    missing_fields,
    is_sampled,
    clock_skew_ms,
    agent_id,
    agent_id_verified,
    mcp_session_id,
    operation_id,
    correlation_id,
    server_span_id,
    caller_ip,
    client_name,
    call_id

from tool_calls

-- Their times first: calls lie in the order of time, and most parts of the table need not be read.
where
    "timestamp" in (select "timestamp" from calls_asked)
    and call_id in (select call_id from calls_asked)

order by "timestamp", call_id
