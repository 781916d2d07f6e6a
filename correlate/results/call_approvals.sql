-- name:    correlate/results/call_approvals
-- purpose: The approval that each call rests on: by its id, else by trace and tool, else by session,
--          tool and arguments. It is the latest that was decided before the call ended; by id or trace
--          also one that came too late, so that the bypass shows. Arguments that differ forbid it.
-- readers: later steps
-- grain:   one row per call that an approval was found for
-- param:   skew_ms  bigint  ms  how far the clocks may be apart

with

decisions as (

    select *, cast(x_us(approval_decided_at) as double) as decided_us
    from decided_approvals
    where approval_result is not null

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

    select 'id|' || approval_id as match_key, event_id, decided_us from decisions
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
        cast(x_us(started_at) as double)
            + (coalesce(gateway_latency_ms, server_latency_ms, 0.0) + {skew_ms:Bigint}) * 1000.0 as ended_us
    from call_facts
    where tool_name in (select tool_name from decisions) or approval_id is not null

),

keys_of_calls as (

    select 1 as way, 'id|' || approval_id as match_key, call_id, ended_us from calls
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
    qualify row_number() over (partition by options.call_id order by options.way) = 1

),

uses as (

    select event_id, count(*) as approval_uses
    from chosen
    group by event_id

)

select
    chosen.call_id,
    decisions.approval_id,
    decisions.approval_required,
    decisions.approval_result,
    decisions.approval_requested_at,
    decisions.approval_decided_at,
    decisions.expires_at as approval_expires_at,
    decisions.approval_wait_ms,
    uses.approval_uses
from chosen
inner join decisions on chosen.event_id = decisions.event_id
inner join uses on chosen.event_id = uses.event_id
