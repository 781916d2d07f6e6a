-- name:    sre/outcomes_by_server
-- purpose: How tool calls went at each server, by the three outcomes and by the verdict over them.
-- readers: SRE
-- grain:   one row per server, worst failure ratio first
-- brief:   server_id, calls, success, failure, denied, unknown, failure_ratio, transport_errors, protocol_errors, tool_errors
-- param:   from_at           timestamptz  UTC    window start, inclusive (default: now-30d)
-- param:   to_at             timestamptz  UTC    window end, exclusive (default: now)
-- column:  server_id         varchar      -      MCP server
-- column:  environment       varchar      -      of the server
-- column:  server_owner      varchar      -      of the server
-- column:  calls             bigint       calls  tool calls, corrected for sampling
-- column:  success           bigint       calls  every known outcome is ok
-- column:  failure           bigint       calls  ran and failed
-- column:  denied            bigint       calls  refused before execution
-- column:  challenge         bigint       calls  asked to authenticate
-- column:  unknown           bigint       calls  the evidence does not say
-- column:  failure_ratio     double       ratio  failure / (success + failure); null when neither was seen
-- column:  transport_errors  bigint       calls  HTTP says error
-- column:  protocol_errors   bigint       calls  JSON-RPC says error
-- column:  tool_errors       bigint       calls  the tool says isError
-- column:  hidden_failures   bigint       calls  failures behind an HTTP success
-- column:  last_failure_at   timestamptz  UTC    latest failure

with

counted as (

    select
        coalesce(server_id, '(unknown server)') as server_id,
        max(environment) as environment,
        max(server_owner) as server_owner,
        cast(sum(weight) as bigint) as calls,
        cast(sum(case when outcome = 'success' then weight else 0 end) as bigint) as success,
        cast(sum(case when outcome = 'failure' then weight else 0 end) as bigint) as failure,
        cast(sum(case when outcome = 'denied' then weight else 0 end) as bigint) as denied,
        cast(sum(case when outcome = 'challenge' then weight else 0 end) as bigint) as challenge,
        cast(sum(case when outcome = 'unknown' then weight else 0 end) as bigint) as unknown,
        cast(sum(case when transport_outcome = 'error' then weight else 0 end) as bigint) as transport_errors,
        cast(sum(case when protocol_outcome = 'error' then weight else 0 end) as bigint) as protocol_errors,
        cast(sum(case when tool_outcome = 'error' then weight else 0 end) as bigint) as tool_errors,
        cast(
            sum(
                case when outcome = 'failure' and transport_outcome = 'ok' then weight else 0 end
            ) as bigint
        ) as hidden_failures,
        max(case when outcome = 'failure' then "timestamp" end) as last_failure_at

    from tool_calls

    where
        "timestamp" >= {from_at:Timestamp}
        and "timestamp" < {to_at:Timestamp}

    group by coalesce(server_id, '(unknown server)')

)

select
    server_id,
    environment,
    server_owner,
    calls,
    success,
    failure,
    denied,
    challenge,
    unknown,
    failure / nullif(success + failure, 0) as failure_ratio,
    transport_errors,
    protocol_errors,
    tool_errors,
    hidden_failures,
    last_failure_at

from counted

order by failure_ratio desc, server_id
