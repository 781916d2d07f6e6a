-- name:    sre/coverage_by_source
-- purpose: Which of the twelve contract fields each source brings, corrected for sampling.
-- readers: SRE, SOC, FinOps
-- grain:   one row per source table, layer and kind of evidence
-- brief:   source_table, layer, kind, records, agent_id_ratio, tool_name_ratio, caller_identity_ratio
-- param:   from_at                    timestamptz  UTC      window start, inclusive (default: now-30d)
-- param:   to_at                      timestamptz  UTC      window end, exclusive (default: now)
-- column:  source_table               varchar      -        Azure table or stream
-- column:  layer                      varchar      -        gateway, server, identity, model, approval, config or platform
-- column:  kind                       varchar      -        request, call, log, tokens, sign_in, ...
-- column:  records                    bigint       records  evidence rows
-- column:  timestamp_ratio            double       ratio    records that have timestamp
-- column:  agent_id_ratio             double       ratio    records that have agent_id
-- column:  server_id_ratio            double       ratio    records that have server_id
-- column:  tool_name_ratio            double       ratio    records that have tool_name
-- column:  mcp_session_id_ratio       double       ratio    records that have mcp_session_id
-- column:  caller_identity_ratio      double       ratio    records that have caller_identity
-- column:  downstream_resource_ratio  double       ratio    records that have downstream_resource
-- column:  authorization_mode_ratio   double       ratio    records that have authorization_mode
-- column:  approval_required_ratio    double       ratio    records that have approval_required
-- column:  approval_result_ratio      double       ratio    records that have approval_result
-- column:  latency_ms_ratio           double       ratio    records that have latency_ms
-- column:  result_code_ratio          double       ratio    records that have result_code

with

counted as (

    select
        source_table,
        layer,
        kind,
        count(*) as records,
        sum(weight) as represented,
        sum(case when occurred_at is not null then weight else 0 end) as timestamp_rows,
        sum(case when agent_id is not null then weight else 0 end) as agent_id_rows,
        sum(case when server_id is not null then weight else 0 end) as server_id_rows,
        sum(case when tool_name is not null then weight else 0 end) as tool_name_rows,
        sum(case when mcp_session_id is not null then weight else 0 end) as mcp_session_id_rows,
        sum(case when caller_identity is not null then weight else 0 end) as caller_identity_rows,
        sum(case when downstream_resource is not null then weight else 0 end) as downstream_resource_rows,
        sum(case when authorization_mode is not null then weight else 0 end) as authorization_mode_rows,
        sum(case when approval_required is not null then weight else 0 end) as approval_required_rows,
        sum(case when approval_result is not null then weight else 0 end) as approval_result_rows,
        sum(case when latency_ms is not null then weight else 0 end) as latency_ms_rows,
        -- A gateway and a request row say it as a status, an MCP row as an error.
        sum(
            case
                when result_code is not null or http_status is not null
                    or rpc_error_code is not null or error_type is not null then weight
                else 0
            end
        ) as result_code_rows

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
    timestamp_rows / nullif(represented, 0) as timestamp_ratio,
    agent_id_rows / nullif(represented, 0) as agent_id_ratio,
    server_id_rows / nullif(represented, 0) as server_id_ratio,
    tool_name_rows / nullif(represented, 0) as tool_name_ratio,
    mcp_session_id_rows / nullif(represented, 0) as mcp_session_id_ratio,
    caller_identity_rows / nullif(represented, 0) as caller_identity_ratio,
    downstream_resource_rows / nullif(represented, 0) as downstream_resource_ratio,
    authorization_mode_rows / nullif(represented, 0) as authorization_mode_ratio,
    approval_required_rows / nullif(represented, 0) as approval_required_ratio,
    approval_result_rows / nullif(represented, 0) as approval_result_ratio,
    latency_ms_rows / nullif(represented, 0) as latency_ms_ratio,
    result_code_rows / nullif(represented, 0) as result_code_ratio

from counted

order by source_table, layer, kind
