-- name:    sre/readiness_writes
-- purpose: What a rollout needs before tools that change something, counted: approvals, callers, downstream identities.
-- readers: SRE
-- grain:   one row per criterion
-- param:   from_at       timestamptz  UTC    window start, inclusive (default: now-30d)
-- param:   to_at         timestamptz  UTC    window end, exclusive (default: now)
-- column:  criterion     varchar      -      what is counted
-- column:  population    bigint       items  tools or calls, corrected for sampling
-- column:  satisfied     bigint       items  of them as they should be
-- column:  failing       bigint       items  of them not so
-- column:  unobservable  bigint       items  of them of which the evidence does not say
-- column:  example       varchar      -      one that fails, else one that could not be observed

with

-- A tool in no inventory may change something too.
calls as (

    select
        call_id,
        event_ids,
        coalesce(server_id, '(unknown)') || ' ' || coalesce(tool_name, '(unknown)') as tool,
        tool_class,
        approval_required,
        approval_result,
        authorization_mode,
        executed,
        gateway_seen,
        server_seen,
        weight

    from tool_calls

    where
        tool_class <> 'read_only'
        and coalesce(environment, 'production') = 'production'
        and outcome not in ('denied', 'challenge')
        and coalesce(executed, true)
        and "timestamp" >= {from_at:Timestamp}
        and "timestamp" < {to_at:Timestamp}

),

evidence as (

    select call_id, x_to_uuid(event_text) as event_id
    from (
        select call_id, x_each(x_split(event_ids, ',')) as event_text
        from calls
        where event_ids <> ''
    ) as parts

),

callers as (

    select
        evidence.call_id,
        min(case when event.layer = 'gateway' then x_lower(event.caller_identity) end) as at_gateway,
        max(case when event.layer = 'gateway' then x_lower(event.caller_identity) end) as last_at_gateway,
        min(case when event.layer = 'server' then x_lower(event.caller_identity) end) as first_at_server,
        max(case when event.layer = 'server' then x_lower(event.caller_identity) end) as last_at_server

    from evidence
    inner join events as event on evidence.event_id = event.event_id

    where event.caller_identity is not null

    group by evidence.call_id

),

approved_tools as (

    select
        tool as item,
        max(case when approval_result = 'approved' and executed then 1 else 0 end) as is_proven

    from calls

    where tool_class in ('write', 'destructive')

    group by tool

),

judged as (

    select 'approved_write_path' as criterion, item, 1 as weight,
        case when is_proven = 1 then 0 else 1 end as standing
    from approved_tools

    union all

    select 'approval_explicit' as criterion, x_text(call_id) as item, weight,
        case when approval_required is not null then 0 when tool_class = 'unclassified' then 2 else 1 end as standing
    from calls

    union all

    select 'caller_preserved' as criterion, x_text(calls.call_id) as item, calls.weight as weight,
        case
            when callers.at_gateway is null or callers.first_at_server is null then 2
            -- A name and an id of one person cannot be told from those of two.
            when x_contains(callers.at_gateway, '@') <> x_contains(callers.first_at_server, '@') then 2
            when
                callers.at_gateway = callers.last_at_gateway
                and callers.at_gateway = callers.first_at_server
                and callers.at_gateway = callers.last_at_server
                then 0
            else 1
        end as standing
    from calls
    left join callers on calls.call_id = callers.call_id

    union all

    select 'identity_scoped' as criterion, x_text(call_id) as item, weight,
        case
            when authorization_mode is null then 2
            when authorization_mode in ('obo', 'managed_identity', 'service_principal') then 0
            else 1
        end as standing
    from calls

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
