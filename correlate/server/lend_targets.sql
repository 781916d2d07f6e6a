-- name:    correlate/server/lend_targets
-- purpose: The one call, on the server's or the gateway's side, that a lending event speaks about: by
--          span; a log line also by trace, when its trace holds a single call.
-- readers: later steps
-- grain:   one row per lending event that has a target

with

spans as (

    select operation_id, record_span_id as span_id, server_key as target_id, 0 as side
    from server_evidence
    where record_span_id is not null and is_call

    union all

    select request_operation_id, request_span_id, server_key, 1
    from server_evidence
    where request_span_id is not null and records_in_request = 1

    union all

    select spans.operation_id, spans.span_id, requests.gateway_id, 2
    from gateway_spans as spans
    inner join gateway_requests as requests on spans.request_key = requests.request_key

),

touched as (

    -- A caller's span is the parent of the call; every other lender sits inside of it.
    select event_id, kind, operation_id, parent_span_id as span_id from lenders where kind <> 'call'
    union all
    select event_id, kind, operation_id, span_id from lenders where kind in ('log', 'exception', 'call')

),

by_span as (

    select touched.event_id, spans.target_id
    from touched
    inner join spans
        on touched.operation_id = spans.operation_id
        and touched.span_id = spans.span_id
    qualify row_number() over (partition by touched.event_id order by spans.side, spans.target_id) = 1

),

by_parent_of_call as (

    select lenders.event_id, evidence.server_key as target_id
    from lenders
    inner join server_evidence as evidence
        on lenders.operation_id = evidence.entry_operation_id
        and lenders.span_id = evidence.entry_span_id
    where lenders.kind = 'call'
    qualify row_number() over (partition by lenders.event_id order by evidence.server_key) = 1

),

by_request as (

    -- What the gateway traces names its request; in a batch it may be about any item.
    select lenders.event_id, min(requests.gateway_id) as target_id
    from lenders
    inner join gateway_requests as requests on lenders.correlation_id = requests.request_key
    where lenders.layer = 'gateway' and lenders.kind = 'log'
    group by lenders.event_id
    having count(*) = 1

),

lone_server_calls as (

    select evidence.operation_id, min(evidence.server_key) as target_id
    from server_evidence as evidence
    where evidence.is_call and evidence.operation_id in (select operation_id from lenders)
    group by evidence.operation_id
    having count(*) = 1

),

lone_gateway_calls as (

    select requests.operation_id, min(requests.gateway_id) as target_id
    from gateway_requests as requests
    where requests.is_call and requests.operation_id in (select operation_id from lenders)
    group by requests.operation_id
    having count(*) = 1

),

chosen as (

    select
        lenders.event_id,
        coalesce(
            by_request.target_id,
            by_span.target_id,
            by_parent_of_call.target_id,
            case
                when lenders.layer = 'gateway' and lenders.kind = 'log' then lone_gateway_calls.target_id
                when lenders.kind in ('log', 'call')
                    then coalesce(lone_server_calls.target_id, lone_gateway_calls.target_id)
            end
        ) as target_id
    from lenders
    left join by_request on lenders.event_id = by_request.event_id
    left join by_span on lenders.event_id = by_span.event_id
    left join by_parent_of_call on lenders.event_id = by_parent_of_call.event_id
    left join lone_server_calls on lenders.operation_id = lone_server_calls.operation_id
    left join lone_gateway_calls on lenders.operation_id = lone_gateway_calls.operation_id

)

select event_id, target_id
from chosen
where target_id is not null
