-- name:    correlate/results/call_ids
-- purpose: Which evidence makes each call: what was matched, and what stayed alone on either side.
-- readers: later steps
-- grain:   one row per call

with

joined as (

    select
        matches.gateway_id as call_id,
        matches.gateway_id,
        matches.server_key,
        matches.rung,
        matches.confidence,
        matches.candidates,
        matches.basis,
        matches.choice,
        matches.gap_ms,
        matches.margin_ms,
        shared.gateway_id is not null as is_shared
    from rated_matches as matches
    left join (select distinct gateway_id from companions where companion = 'item') as shared
        on matches.gateway_id = shared.gateway_id

    union all

    select
        companions.server_key as call_id,
        companions.gateway_id,
        companions.server_key,
        matches.rung,
        matches.confidence,
        matches.candidates,
        matches.basis,
        matches.choice,
        matches.gap_ms,
        matches.margin_ms,
        true as is_shared
    from companions
    inner join rated_matches as matches on companions.gateway_id = matches.gateway_id
    where companions.companion = 'item'

    union all

    select
        gateway_id as call_id,
        gateway_id,
        cast(null as uuid) as server_key,
        'gateway_only' as rung,
        cast(0.0 as double) as confidence,
        cast(0 as bigint) as candidates,
        cast(null as varchar) as basis,
        cast(null as varchar) as choice,
        cast(null as double) as gap_ms,
        cast(null as double) as margin_ms,
        false as is_shared
    from open_gateway
    where is_call

    union all

    select
        server.server_key as call_id,
        cast(null as uuid) as gateway_id,
        server.server_key,
        'server_only' as rung,
        cast(0.0 as double) as confidence,
        cast(0 as bigint) as candidates,
        cast(null as varchar) as basis,
        cast(null as varchar) as choice,
        cast(null as double) as gap_ms,
        cast(null as double) as margin_ms,
        false as is_shared
    from open_server as server
    left join companions on server.server_key = companions.server_key
    left join last_attempts on server.server_key = last_attempts.server_key
    where server.is_call and companions.server_key is null and last_attempts.server_key is null

)

select
    joined.call_id,
    joined.gateway_id,
    joined.server_key,
    joined.rung,
    joined.confidence,
    joined.candidates,
    joined.basis,
    joined.choice,
    joined.gap_ms,
    joined.margin_ms,
    joined.is_shared,
    requests.request_key,
    requests.log_event_id,
    requests.mcp_event_id,
    requests.app_event_id,
    requests.operation_id as request_operation_id,
    requests.latency_shared or joined.is_shared as is_latency_shared,
    evidence.record_event_id,
    evidence.span_event_id,
    evidence.request_event_id,
    evidence.records_in_request,
    coalesce(requests.known_server_id, evidence.known_server_id) as known_server_id
from joined
left join gateway_requests as requests on joined.gateway_id = requests.gateway_id
left join server_evidence as evidence on joined.server_key = evidence.server_key
