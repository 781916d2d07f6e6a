-- name:    soc/auth_attempts_by_server
-- purpose: How authentication went at each server; a challenge is not a failure.
-- readers: SOC, SRE
-- grain:   one row per server, most failures first
-- brief:   server_id, attempts, success, failure, challenge, rate_limited, unknown, success_ratio
-- param:   from_at          timestamptz  UTC        window start, inclusive (default: now-30d)
-- param:   to_at            timestamptz  UTC        window end, exclusive (default: now)
-- column:  server_id        varchar      -          MCP server
-- column:  attempts         bigint       requests   authentication decisions, corrected for sampling
-- column:  success          bigint       requests   let in
-- column:  failure          bigint       requests   refused with a credential
-- column:  challenge        bigint       requests   401 to a request without a credential, as OAuth discovery intends
-- column:  rate_limited     bigint       requests   refused for rate
-- column:  unknown          bigint       requests   the evidence does not say
-- column:  success_ratio    double       ratio      success / (success + failure); null when neither was seen
-- column:  callers          bigint       callers    distinct identities among the failures
-- column:  ips              bigint       addresses  distinct addresses among the failures
-- column:  last_failure_at  timestamptz  UTC        latest failure

with

counted as (

    select
        coalesce(server_id, '(unknown server)') as server_id,
        cast(sum(weight) as bigint) as attempts,
        cast(sum(case when auth_outcome = 'success' then weight else 0 end) as bigint) as success,
        cast(sum(case when auth_outcome = 'failure' then weight else 0 end) as bigint) as failure,
        cast(sum(case when auth_outcome = 'challenge' then weight else 0 end) as bigint) as challenge,
        cast(sum(case when auth_outcome = 'rate_limited' then weight else 0 end) as bigint)
            as rate_limited,
        cast(sum(case when auth_outcome = 'unknown' then weight else 0 end) as bigint) as unknown,
        count(distinct case when auth_outcome = 'failure' then caller_identity end) as callers,
        count(distinct case when auth_outcome = 'failure' then caller_ip end) as ips,
        max(case when auth_outcome = 'failure' then "timestamp" end) as last_failure_at

    from auth_attempts

    where
        "timestamp" >= {from_at:Timestamp}
        and "timestamp" < {to_at:Timestamp}

    group by coalesce(server_id, '(unknown server)')

)

select
    server_id,
    attempts,
    success,
    failure,
    challenge,
    rate_limited,
    unknown,
    success / nullif(success + failure, 0) as success_ratio,
    callers,
    ips,
    last_failure_at

from counted

order by failure desc, server_id
