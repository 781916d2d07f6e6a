-- name:    soc/gateway_bypass_by_server
-- purpose: What share of each server's calls the gateway saw, and whether the others went around it or only lack their record.
-- readers: SOC
-- grain:   one row per server with a tool call in the window
-- brief:   server_id, bypass_state, gateway_seen_ratio, unseen_calls, not_through_calls, log_late_calls, not_provable_calls
-- uses:    soc/relations/unseen_reasons
-- param:   from_at                  timestamptz  UTC      window start, inclusive (default: now-30d)
-- param:   to_at                    timestamptz  UTC      window end, exclusive (default: now)
-- param:   late_minutes             bigint       minutes  how much later than its neighbours a log row may come (default: 20)
-- param:   silence_minutes          bigint       minutes  a longer pause between two log rows may be a gap (default: 60)
-- column:  server_id                varchar      -        MCP server
-- column:  environment              varchar      -        of the server
-- column:  server_owner             varchar      -        of the server
-- column:  bypass_state             varchar      -        bypassed: a call went around; not_provable: nobody can say; none_seen: all were seen
-- column:  gateway_calls            bigint       calls    calls that the gateway saw
-- column:  server_calls             bigint       calls    calls that the server saw
-- column:  gateway_seen_ratio      double       ratio    gateway_calls of these and the unseen_calls; null when the server reports nothing
-- column:  unseen_calls             bigint       calls    calls that the server saw without a gateway record: the sum of the next five
-- column:  not_through_calls        bigint       calls    went around: the log was complete, and nothing ties them to the gateway
-- column:  log_late_calls           bigint       calls    the log has not come so far, or is silent around them
-- column:  log_sampled_calls        bigint       calls    the log keeps only some requests
-- column:  log_off_calls            bigint       calls    the log has no row of the server: off, not collected, or all go around
-- column:  not_provable_calls       bigint       calls    the evidence does not say; soc/gateway_bypass_calls has the reason
-- column:  bypass_calls             bigint       calls    unseen_calls, under the older name: not all of them are proven
-- column:  bypass_ratio             double       ratio    unseen_calls / server_calls; null when the server reports nothing
-- column:  destructive_calls        bigint       calls    unseen calls of destructive or unclassified tools
-- column:  not_through_destructive  bigint       calls    not_through calls of destructive or unclassified tools
-- column:  agents                   bigint       agents   distinct agents among the unseen calls
-- column:  is_observable            boolean      -        false: the server reports nothing, so a bypass would not show
-- column:  first_bypass_at          timestamptz  UTC      earliest unseen call
-- column:  last_bypass_at           timestamptz  UTC      latest unseen call

with

calls as (

    select
        coalesce(call.server_id, '(unknown server)') as server_id,
        call.environment,
        call.server_owner,
        call.agent_id,
        call."timestamp" as called_at,
        call.weight,
        call.gateway_seen,
        call.server_seen,
        reasons.unseen_why,
        call.tool_class in ('destructive', 'unclassified') as is_dangerous

    from tool_calls as call
    left join unseen_reasons as reasons on call.call_id = reasons.call_id

    where
        call."timestamp" >= {from_at:Timestamp}
        and call."timestamp" < {to_at:Timestamp}

),

counted as (

    select
        server_id,
        max(environment) as environment,
        max(server_owner) as server_owner,
        cast(sum(case when gateway_seen then weight else 0 end) as bigint) as gateway_calls,
        cast(sum(case when server_seen then weight else 0 end) as bigint) as server_calls,
        cast(sum(case when unseen_why is not null then weight else 0 end) as bigint) as unseen_calls,
        cast(sum(case when unseen_why = 'not_through' then weight else 0 end) as bigint)
            as not_through_calls,
        cast(sum(case when unseen_why = 'log_late' then weight else 0 end) as bigint) as log_late_calls,
        cast(sum(case when unseen_why = 'log_sampled' then weight else 0 end) as bigint)
            as log_sampled_calls,
        cast(sum(case when unseen_why = 'log_off' then weight else 0 end) as bigint) as log_off_calls,
        cast(sum(case when unseen_why = 'not_provable' then weight else 0 end) as bigint)
            as not_provable_calls,
        cast(sum(case when unseen_why is not null and is_dangerous then weight else 0 end) as bigint)
            as destructive_calls,
        cast(sum(case when unseen_why = 'not_through' and is_dangerous then weight else 0 end) as bigint)
            as not_through_destructive,
        count(distinct case when unseen_why is not null then agent_id end) as agents,
        min(case when unseen_why is not null then called_at end) as first_bypass_at,
        max(case when unseen_why is not null then called_at end) as last_bypass_at

    from calls

    group by server_id

)

select
    server_id,
    environment,
    server_owner,
    case
        when not_through_calls > 0 then 'bypassed'
        when unseen_calls > 0 or server_calls = 0 then 'not_provable'
        else 'none_seen'
    end as bypass_state,
    gateway_calls,
    server_calls,
    -- A call that the gateway saw counts once; one that it did not counts for those that it stands for.
    case when server_calls > 0 then gateway_calls / nullif(gateway_calls + unseen_calls, 0) end
        as gateway_seen_ratio,
    unseen_calls,
    not_through_calls,
    log_late_calls,
    log_sampled_calls,
    log_off_calls,
    not_provable_calls,
    unseen_calls as bypass_calls,
    unseen_calls / nullif(server_calls, 0) as bypass_ratio,
    destructive_calls,
    not_through_destructive,
    agents,
    server_calls > 0 as is_observable,
    first_bypass_at,
    last_bypass_at

from counted

order by not_through_calls desc, unseen_calls desc, server_id
