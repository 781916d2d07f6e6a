-- name:    sre/summary
-- purpose: The window in one row: how many calls, how they went, how they were seen, and how far the evidence reaches.
-- readers: SOC, SRE, FinOps
-- grain:   one row
-- brief:   calls, success, failure, denied, unknown, failure_ratio, matched_ratio, sampled_calls, incomplete_calls, agents
-- param:   from_at             timestamptz  UTC      window start, inclusive (default: now-30d)
-- param:   to_at               timestamptz  UTC      window end, exclusive (default: now)
-- column:  calls               bigint       calls    tool calls, corrected for sampling
-- column:  rows                bigint       rows     rows they rest on
-- column:  success             bigint       calls    every known outcome is ok
-- column:  failure             bigint       calls    ran and failed
-- column:  denied              bigint       calls    refused before execution
-- column:  challenge           bigint       calls    asked to authenticate
-- column:  unknown             bigint       calls    the evidence does not say
-- column:  failure_ratio       double       ratio    failure / (success + failure); null when neither was seen
-- column:  hidden_failures     bigint       calls    failures behind an HTTP success
-- column:  matched_calls       bigint       rows     seen by gateway and server
-- column:  matched_ratio       double       ratio    matched_calls / rows
-- column:  gateway_only_calls  bigint       rows     seen by the gateway alone
-- column:  server_only_calls   bigint       rows     seen by the server alone: around the gateway, where one stands before it
-- column:  sampled_calls       bigint       rows     rows that stand for more than themselves
-- column:  incomplete_calls    bigint       rows     rows without one or more of the twelve contract fields
-- column:  agents              bigint       agents   distinct agent ids
-- column:  unowned_agents      bigint       agents   of these, without an owner
-- column:  unattributed_calls  bigint       calls    calls without an agent id
-- column:  servers             bigint       servers  distinct servers
-- column:  first_call_at       timestamptz  UTC      earliest call
-- column:  last_call_at        timestamptz  UTC      latest call
-- column:  complete_to_at      timestamptz  UTC      gateway and servers have both been heard up to here

with

calls as (

    select
        cast(coalesce(sum(weight), 0) as bigint) as calls,
        count(*) as rows,
        cast(coalesce(sum(case when outcome = 'success' then weight end), 0) as bigint) as success,
        cast(coalesce(sum(case when outcome = 'failure' then weight end), 0) as bigint) as failure,
        cast(coalesce(sum(case when outcome = 'denied' then weight end), 0) as bigint) as denied,
        cast(coalesce(sum(case when outcome = 'challenge' then weight end), 0) as bigint)
            as challenge,
        cast(coalesce(sum(case when outcome = 'unknown' then weight end), 0) as bigint) as unknown,
        cast(
            coalesce(
                sum(case when outcome = 'failure' and transport_outcome = 'ok' then weight end), 0
            ) as bigint
        ) as hidden_failures,
        count(case when gateway_seen and server_seen then 1 end) as matched_calls,
        count(case when gateway_seen and not server_seen then 1 end) as gateway_only_calls,
        count(case when server_seen and not gateway_seen then 1 end) as server_only_calls,
        count(case when is_sampled then 1 end) as sampled_calls,
        count(case when missing_fields <> '' then 1 end) as incomplete_calls,
        count(distinct agent_id) as agents,
        count(distinct case when agent_owner is null then agent_id end) as unowned_agents,
        cast(coalesce(sum(case when agent_id is null then weight end), 0) as bigint)
            as unattributed_calls,
        count(distinct server_id) as servers,
        min("timestamp") as first_call_at,
        max("timestamp") as last_call_at

    from tool_calls

    where
        "timestamp" >= {from_at:Timestamp}
        and "timestamp" < {to_at:Timestamp}

),

newest_by_layer as (

    select
        layer,
        max(occurred_at) as newest_at

    from events

    where
        occurred_at >= {from_at:Timestamp}
        and occurred_at < {to_at:Timestamp}
        and layer in ('gateway', 'server')

    group by layer

),

reach as (

    select case when count(*) = 2 then min(newest_at) end as complete_to_at
    from newest_by_layer

)

select
    calls.calls,
    calls.rows,
    calls.success,
    calls.failure,
    calls.denied,
    calls.challenge,
    calls.unknown,
    calls.failure / nullif(calls.success + calls.failure, 0) as failure_ratio,
    calls.hidden_failures,
    calls.matched_calls,
    calls.matched_calls / nullif(calls.rows, 0) as matched_ratio,
    calls.gateway_only_calls,
    calls.server_only_calls,
    calls.sampled_calls,
    calls.incomplete_calls,
    calls.agents,
    calls.unowned_agents,
    calls.unattributed_calls,
    calls.servers,
    calls.first_call_at,
    calls.last_call_at,
    reach.complete_to_at

from calls
cross join reach
