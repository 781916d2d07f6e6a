-- name:    correlate/results/call_approvals
-- purpose: The approval that each call rests on: by its id, else by trace and tool, else by session,
--          tool and arguments. It is the latest that was decided before the call ended; by id or trace
--          also one that came too late, so that the bypass shows. Arguments that differ forbid it.
-- readers: later steps
-- grain:   one row per call that an approval was found for
-- param:   skew_ms  bigint  ms  how far the clocks may be apart

with

decisions as (

    select *
    from decided_approvals
    where approval_result is not null

),

followed as (

    select
        event_id,
        approval_key,
        decided_us,
        says_when or coalesce(max(approval_result) over before <> approval_result, true) as is_new
    from decisions
    window before as (
        partition by approval_key order by decided_us, event_id rows between 1 preceding and 1 preceding
    )

),

grants as (

    -- What is logged of an approval once more, without saying when it was decided, grants nothing anew.
    select
        event_id,
        approval_key || '|' || x_text(
            sum(case when is_new then 1 else 0 end) over (partition by approval_key order by decided_us, event_id)
        ) as grant_key
    from followed

),

claimed as (

    -- What a call names by its id is no other call's approval, unless that names it too.
    select distinct approval_id
    from call_facts
    where approval_id is not null

),

unclaimed as (

    select decisions.*
    from decisions
    left join claimed on decisions.approval_id = claimed.approval_id
    where claimed.approval_id is null

),

keys_of_decisions as (

    select 'id at|' || approval_id || '|' || server_id as match_key, event_id, decided_us from decisions
    union all
    select 'id|' || approval_id, event_id, decided_us from decisions where server_id is null
    union all
    select 'any id|' || approval_id, event_id, decided_us from decisions
    union all
    select 'trace|' || operation_id || '|' || tool_name || '|' || arguments_hash, event_id, decided_us
    from unclaimed
    union all
    select 'trace|' || operation_id || '|' || tool_name || '|any call', event_id, decided_us
    from unclaimed
    where arguments_hash is null
    union all
    select 'trace|' || operation_id || '|' || tool_name || '|any decision', event_id, decided_us
    from unclaimed
    union all
    select 'session|' || mcp_session_id || '|' || tool_name || '|' || arguments_hash, event_id, decided_us
    from unclaimed

),

decided as (

    select match_key, decided_us, min(event_id) as event_id
    from keys_of_decisions
    where match_key is not null
    group by match_key, decided_us

),

calls as (

    select
        *,
        came_us - {skew_ms:Bigint} * 1000.0 as began_us,
        went_us + {skew_ms:Bigint} * 1000.0 as ended_us
    from (
        select
            *,
            cast(x_us(started_at) as double) as came_us,
            cast(x_us(started_at) as double)
                + 1000.0 * (coalesce(gateway_latency_ms, server_latency_ms, 0.0) + coalesce(between_ms, 0.0)) as went_us
        from call_facts
    ) as facts
    where tool_name in (select tool_name from decisions) or approval_id is not null

),

keys_of_calls as (

    select 1 as way, 'id at|' || approval_id || '|' || server_id as match_key, call_id, ended_us from calls
    union all
    select 1, 'id|' || approval_id, call_id, ended_us from calls
    union all
    select 1, 'any id|' || approval_id, call_id, ended_us from calls where server_id is null
    union all
    select 2, 'trace|' || operation_id || '|' || tool_name || '|' || arguments_hash, call_id, ended_us
    from calls
    union all
    select 3, 'trace|' || operation_id || '|' || tool_name || '|any call', call_id, ended_us
    from calls
    union all
    select 4, 'trace|' || operation_id || '|' || tool_name || '|any decision', call_id, ended_us
    from calls
    where arguments_hash is null
    union all
    select 5, 'session|' || mcp_session_id || '|' || tool_name || '|' || arguments_hash, call_id, ended_us
    from calls

),

in_time as (

    select asked.call_id, asked.way, decided.event_id
    from keys_of_calls as asked
    asof join decided
        on asked.match_key = decided.match_key
        and asked.ended_us >= decided.decided_us

),

too_late as (

    select asked.call_id, asked.way + 10 as way, decided.event_id
    from keys_of_calls as asked
    asof join decided
        on asked.match_key = decided.match_key
        and asked.ended_us < decided.decided_us
    where asked.way < 5

),

chosen as (

    select options.call_id, options.event_id
    from (
        select * from in_time
        union all
        select * from too_late
    ) as options
    inner join call_facts as facts on options.call_id = facts.call_id
    inner join decisions on options.event_id = decisions.event_id
    -- A call that names its approval rests on no other; an approval of another server is none.
    where
        (options.way in (1, 11) or coalesce(facts.approval_id = decisions.approval_id, true))
        and coalesce(facts.server_id = decisions.server_id, true)
    qualify row_number() over (
        partition by options.call_id
        order by
            options.way,
            case when options.way < 10 then -decisions.decided_us else decisions.decided_us end,
            options.event_id
    ) = 1

),

waits as (

    select
        approval_key,
        min(from_us) as requested_us,
        max(to_us) as decided_us,
        sum(to_us - from_us) / 1000.0 as wait_ms
    from approval_waits
    group by approval_key

),

uncovered as (

    -- Calls that were not there all the time that their approval was waited for.
    select
        chosen.call_id,
        waits.approval_key,
        calls.came_us,
        calls.went_us
    from chosen
    inner join decisions on chosen.event_id = decisions.event_id
    inner join calls on chosen.call_id = calls.call_id
    inner join waits on decisions.approval_key = waits.approval_key
    where waits.requested_us < calls.began_us or waits.decided_us > calls.ended_us

),

edges as (

    select call_id, approval_key, came_us as at_us from uncovered
    union all
    select call_id, approval_key, went_us from uncovered

),

cut_waits as (

    -- What had been waited for when the call went, less what had been when it came.
    select
        call_id,
        (max(waited_us) - case when count(*) = 2 then min(waited_us) else 0.0 end) / 1000.0 as wait_ms
    from (
        select edges.call_id, running.waited_us - greatest(running.to_us - edges.at_us, 0.0) as waited_us
        from edges
        asof join approval_waits as running
            on edges.approval_key = running.approval_key
            and edges.at_us >= running.from_us
    ) as reached
    group by call_id

)

select
    chosen.call_id,
    decisions.approval_id,
    decisions.approval_required,
    decisions.approval_result,
    decisions.approval_requested_at,
    decisions.approval_decided_at,
    decisions.expires_at as approval_expires_at,
    -- Only what the call itself stood still: nothing where all was decided before it came.
    case
        when decisions.decided_us < calls.began_us then 0.0
        -- It did not wait for what was decided when it had ended, or nobody knows for how long.
        when decisions.decided_us > calls.ended_us then null
        when waits.requested_us >= calls.began_us and waits.decided_us <= calls.ended_us then waits.wait_ms
        when waits.approval_key is not null then coalesce(cut_waits.wait_ms, 0.0)
    end as approval_wait_ms,
    decisions.decided_us <= calls.ended_us as is_in_time,
    decisions.approval_key,
    grants.grant_key
from chosen
inner join decisions on chosen.event_id = decisions.event_id
inner join grants on chosen.event_id = grants.event_id
inner join calls on chosen.call_id = calls.call_id
left join waits on decisions.approval_key = waits.approval_key
left join cut_waits on chosen.call_id = cut_waits.call_id
