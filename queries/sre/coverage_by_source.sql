-- name:    sre/coverage_by_source
-- purpose: Which of the twelve contract fields each source brings.
-- readers: SRE, SOC, FinOps
-- grain:   one row per source table, layer and kind of evidence
-- brief:   source_table, layer, kind, records, agent_id_ratio, tool_name_ratio, caller_identity_ratio
-- param:   from_at                    timestamptz  UTC      window start, inclusive (default: now-30d)
-- param:   to_at                      timestamptz  UTC      window end, exclusive (default: now)
-- column:  source_table               varchar      -        Azure table or stream
-- column:  layer                      varchar      -        gateway, server, identity, model, approval or config
-- column:  kind                       varchar      -        request, call, log, tokens, sign_in, ...
-- column:  records                    bigint       records  evidence rows
-- column:  timestamp_ratio            double       ratio    rows that have timestamp
-- column:  agent_id_ratio             double       ratio    rows that have agent_id
-- column:  server_id_ratio            double       ratio    rows that have server_id
-- column:  tool_name_ratio            double       ratio    rows that have tool_name
-- column:  mcp_session_id_ratio       double       ratio    rows that have mcp_session_id
-- column:  caller_identity_ratio      double       ratio    rows that have caller_identity
-- column:  downstream_resource_ratio  double       ratio    rows that have downstream_resource
-- column:  authorization_mode_ratio   double       ratio    rows that have authorization_mode
-- column:  approval_required_ratio    double       ratio    rows that have approval_required
-- column:  approval_result_ratio      double       ratio    rows that have approval_result
-- column:  latency_ms_ratio           double       ratio    rows that have latency_ms
-- column:  result_code_ratio          double       ratio    rows that have result_code

with

counted as (

    select
        source_table,
        layer,
        kind,
        count(*) as records,
        count(occurred_at) as timestamp_rows,
        count(agent_id) as agent_id_rows,
        count(server_id) as server_id_rows,
        count(tool_name) as tool_name_rows,
        count(mcp_session_id) as mcp_session_id_rows,
        count(caller_identity) as caller_identity_rows,
        count(downstream_resource) as downstream_resource_rows,
        count(authorization_mode) as authorization_mode_rows,
        count(approval_required) as approval_required_rows,
        count(approval_result) as approval_result_rows,
        count(latency_ms) as latency_ms_rows,
        count(result_code) as result_code_rows

    from events

    where
        occurred_at >= {from_at:Timestamp}
        and occurred_at < {to_at:Timestamp}

    group by
        source_table,
        layer,
        kind

)

select
    source_table,
    layer,
    kind,
    records,
    timestamp_rows / nullif(records, 0) as timestamp_ratio,
    agent_id_rows / nullif(records, 0) as agent_id_ratio,
    server_id_rows / nullif(records, 0) as server_id_ratio,
    tool_name_rows / nullif(records, 0) as tool_name_ratio,
    mcp_session_id_rows / nullif(records, 0) as mcp_session_id_ratio,
    caller_identity_rows / nullif(records, 0) as caller_identity_ratio,
    downstream_resource_rows / nullif(records, 0) as downstream_resource_ratio,
    authorization_mode_rows / nullif(records, 0) as authorization_mode_ratio,
    approval_required_rows / nullif(records, 0) as approval_required_ratio,
    approval_result_rows / nullif(records, 0) as approval_result_ratio,
    latency_ms_rows / nullif(records, 0) as latency_ms_ratio,
    result_code_rows / nullif(records, 0) as result_code_ratio

from counted

order by source_table, layer, kind
