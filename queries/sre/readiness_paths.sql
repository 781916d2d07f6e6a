-- name:    sre/readiness_paths
-- purpose: What a rollout needs before and with its first read-only path, counted: owners, classes, ways in, matches, latencies.
-- readers: SRE
-- grain:   one row per criterion
-- param:   from_at       timestamptz  UTC    window start, inclusive (default: now-30d)
-- param:   to_at         timestamptz  UTC    window end, exclusive (default: now)
-- column:  criterion     varchar      -      what is counted
-- column:  population    bigint       items  servers, tools, paths or calls, corrected for sampling
-- column:  satisfied     bigint       items  of them as they should be
-- column:  failing       bigint       items  of them not so
-- column:  unobservable  bigint       items  of them of which the evidence does not say
-- column:  example       varchar      -      one that fails, else one that could not be observed

with

-- Of a production server, and of one of which nobody knows whether it is.
calls as (

    select
        *,
        outcome not in ('denied', 'challenge') and coalesce(executed, true) as may_have_run

    from tool_calls

    where
        coalesce(environment, 'production') = 'production'
        and "timestamp" >= {from_at:Timestamp}
        and "timestamp" < {to_at:Timestamp}

),

servers_used as (

    select
        coalesce(server_id, '(unknown)') as item,
        max(server_owner) as owner

    from calls

    group by coalesce(server_id, '(unknown)')

),

tools_used as (

    select
        coalesce(server_id, '(unknown)') || ' ' || coalesce(tool_name, '(unknown)') as item,
        max(tool_class) as tool_class

    from calls

    group by coalesce(server_id, '(unknown)') || ' ' || coalesce(tool_name, '(unknown)')

),

read_only_paths as (

    select
        coalesce(agent_id, '(unknown)') || ' to ' || coalesce(server_id, '(unknown)') as item,
        max(case when outcome = 'success' and gateway_seen and server_seen and agent_id is not null then 1 else 0 end)
            as is_proven,
        max(case when outcome = 'success' then 1 else 0 end) as has_success

    from calls

    where tool_class = 'read_only'

    group by coalesce(agent_id, '(unknown)') || ' to ' || coalesce(server_id, '(unknown)')

),

ways_in as (

    select
        coalesce(server_id, '(unknown)') as item,
        count(distinct inbound_auth) as ways,
        count(*) filter (where inbound_auth is null) as unknown_ways

    from auth_attempts

    where
        auth_outcome = 'success'
        and coalesce(environment, 'production') = 'production'
        and "timestamp" >= {from_at:Timestamp}
        and "timestamp" < {to_at:Timestamp}

    group by coalesce(server_id, '(unknown)')

),

-- standing: 0 as it should be, 1 failing, 2 not observable
judged as (

    select 'servers_owned' as criterion, item, 1 as weight,
        case when owner is not null then 0 else 1 end as standing
    from servers_used

    union all

    select 'tools_classified' as criterion, item, 1 as weight,
        case when tool_class = 'unclassified' then 1 else 0 end as standing
    from tools_used

    union all

    select 'read_only_path' as criterion, item, 1 as weight,
        case when is_proven = 1 then 0 when has_success = 1 then 2 else 1 end as standing
    from read_only_paths

    union all

    select 'auth_consistent' as criterion, item, 1 as weight,
        case when ways > 1 then 1 when unknown_ways > 0 then 2 else 0 end as standing
    from ways_in

    union all

    select 'access_path_known' as criterion, x_text(call_id) as item, weight,
        case when gateway_seen and server_id is not null and downstream_resource is not null then 0 else 2 end
            as standing
    from calls
    where may_have_run

    union all

    select 'latency_measurable' as criterion, x_text(call_id) as item, weight,
        -- What is not a number is greater than any.
        case when latency_ms is null then 2 when latency_ms >= 0 and latency_ms < 1e15 then 0 else 1 end as standing
    from calls
    where may_have_run

    union all

    select 'logs_correlated' as criterion, x_text(call_id) as item, weight,
        case when gateway_seen and server_seen then 0 else 1 end as standing
    from calls
    where may_have_run

)

select
    criterion,
    cast(sum(weight) as bigint) as population,
    cast(sum(case when standing = 0 then weight else 0 end) as bigint) as satisfied,
    cast(sum(case when standing = 1 then weight else 0 end) as bigint) as failing,
    cast(sum(case when standing = 2 then weight else 0 end) as bigint) as unobservable,
    coalesce(
        min(case when standing = 1 then item end),
        min(case when standing = 2 then item end)
    ) as example

from judged

group by criterion

order by criterion
