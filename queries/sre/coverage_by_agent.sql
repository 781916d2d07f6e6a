-- name:    sre/coverage_by_agent
-- purpose: Which contract fields the calls of each agent lack.
-- readers: SRE, SOC, FinOps
-- grain:   one row per agent, least complete first
-- brief:   agent, calls, complete_ratio, mcp_session_id_ratio, caller_identity_ratio, approval_result_ratio
-- param:   from_at                    timestamptz  UTC    window start, inclusive (default: now-30d)
-- param:   to_at                      timestamptz  UTC    window end, exclusive (default: now)
-- column:  agent                      varchar      -      name of the agent, else its id
-- column:  agent_id                   varchar      -      null when unattributed
-- column:  agent_owner                varchar      -      whom to ask
-- column:  calls                      bigint       calls  tool calls, corrected for sampling
-- column:  complete_calls             bigint       calls  of these, with all twelve fields
-- column:  complete_ratio             double       ratio  complete_calls / calls
-- column:  timestamp_ratio            double       ratio  calls that have timestamp
-- column:  agent_id_ratio             double       ratio  calls that have agent_id
-- column:  server_id_ratio            double       ratio  calls that have server_id
-- column:  tool_name_ratio            double       ratio  calls that have tool_name
-- column:  mcp_session_id_ratio       double       ratio  calls that have mcp_session_id
-- column:  caller_identity_ratio      double       ratio  calls that have caller_identity
-- column:  downstream_resource_ratio  double       ratio  calls that have downstream_resource
-- column:  authorization_mode_ratio   double       ratio  calls that have authorization_mode
-- column:  approval_required_ratio    double       ratio  calls that have approval_required
-- column:  approval_result_ratio      double       ratio  calls that have approval_result
-- column:  latency_ms_ratio           double       ratio  calls that have latency_ms
-- column:  result_code_ratio          double       ratio  calls that have result_code

with

calls as (

    select
        coalesce(agent_name, agent_id, '(unattributed)') as agent,
        agent_id,
        agent_owner,
        weight,
        ',' || missing_fields || ',' as missing

    from tool_calls

    where
        "timestamp" >= {from_at:Timestamp}
        and "timestamp" < {to_at:Timestamp}

),

counted as (

    select
        agent,
        agent_id,
        agent_owner,
        cast(sum(weight) as bigint) as calls,
        cast(coalesce(sum(weight) filter (where missing = ',,'), 0) as bigint) as complete_calls,
        coalesce(sum(weight) filter (where x_contains(missing, ',agent_id,')), 0) as agent_id_missing,
        coalesce(sum(weight) filter (where x_contains(missing, ',server_id,')), 0) as server_id_missing,
        coalesce(sum(weight) filter (where x_contains(missing, ',tool_name,')), 0) as tool_name_missing,
        coalesce(sum(weight) filter (where x_contains(missing, ',mcp_session_id,')), 0) as mcp_session_id_missing,
        coalesce(sum(weight) filter (where x_contains(missing, ',caller_identity,')), 0) as caller_identity_missing,
        coalesce(sum(weight) filter (where x_contains(missing, ',downstream_resource,')), 0) as downstream_resource_missing,
        coalesce(sum(weight) filter (where x_contains(missing, ',authorization_mode,')), 0) as authorization_mode_missing,
        coalesce(sum(weight) filter (where x_contains(missing, ',approval_required,')), 0) as approval_required_missing,
        coalesce(sum(weight) filter (where x_contains(missing, ',approval_result,')), 0) as approval_result_missing,
        coalesce(sum(weight) filter (where x_contains(missing, ',latency_ms,')), 0) as latency_ms_missing,
        coalesce(sum(weight) filter (where x_contains(missing, ',result_code,')), 0) as result_code_missing

    from calls

    group by
        agent,
        agent_id,
        agent_owner

)

select
    agent,
    agent_id,
    agent_owner,
    calls,
    complete_calls,
    complete_calls / nullif(calls, 0) as complete_ratio,
    -- A call without a time is no row at all.
    cast(1 as double) as timestamp_ratio,
    (calls - agent_id_missing) / nullif(calls, 0) as agent_id_ratio,
    (calls - server_id_missing) / nullif(calls, 0) as server_id_ratio,
    (calls - tool_name_missing) / nullif(calls, 0) as tool_name_ratio,
    (calls - mcp_session_id_missing) / nullif(calls, 0) as mcp_session_id_ratio,
    (calls - caller_identity_missing) / nullif(calls, 0) as caller_identity_ratio,
    (calls - downstream_resource_missing) / nullif(calls, 0) as downstream_resource_ratio,
    (calls - authorization_mode_missing) / nullif(calls, 0) as authorization_mode_ratio,
    (calls - approval_required_missing) / nullif(calls, 0) as approval_required_ratio,
    (calls - approval_result_missing) / nullif(calls, 0) as approval_result_ratio,
    (calls - latency_ms_missing) / nullif(calls, 0) as latency_ms_ratio,
    (calls - result_code_missing) / nullif(calls, 0) as result_code_ratio

from counted

order by complete_ratio, calls desc, agent, agent_id, agent_owner
