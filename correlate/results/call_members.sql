-- name:    correlate/results/call_members
-- purpose: All evidence of each call, that of its earlier rounds and attempts too.
-- readers: later steps
-- grain:   one row per call and event

with

attempts as (

    select companions.gateway_id, evidence.*
    from companions
    inner join server_evidence as evidence on companions.server_key = evidence.server_key
    where companions.companion = 'attempt'

),

own as (

    select call_id, log_event_id as event_id, true as may_name_call from call_ids where log_event_id is not null
    union all
    select call_id, mcp_event_id, true from call_ids where mcp_event_id is not null
    union all
    select call_id, app_event_id, true from call_ids where app_event_id is not null
    union all
    select call_id, record_event_id, true from call_ids where record_event_id is not null
    union all
    select call_id, span_event_id, true from call_ids where span_event_id is not null
    union all
    select call_id, request_event_id, true from call_ids where request_event_id is not null
    union all
    select gateway_id, record_event_id, true from attempts where record_event_id is not null
    union all
    select gateway_id, span_event_id, true from attempts where span_event_id is not null
    union all
    select gateway_id, request_event_id, true from attempts where request_event_id is not null

),

copies as (

    select event_id, kept_event_id from request_copies
    union all
    select event_id, kept_event_id from gateway_slots where kept_event_id is not null
    union all
    select event_id, kept_event_id from server_records where event_id <> kept_event_id

),

members as (

    select call_id, event_id, may_name_call from own
    union all
    select own.call_id, copies.event_id, true
    from own
    inner join copies on own.event_id = copies.kept_event_id
    union all
    select ids.call_id, targets.event_id, false
    from call_ids as ids
    inner join lend_targets as targets on ids.server_key = targets.target_id
    union all
    select ids.call_id, targets.event_id, false
    from call_ids as ids
    inner join lend_targets as targets on ids.gateway_id = targets.target_id

)

select
    coalesce(rounds.call_id, members.call_id) as call_id,
    members.event_id,
    members.may_name_call
from members
left join rounds on members.call_id = rounds.request_id
