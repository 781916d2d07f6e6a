-- name:    correlate/server/record_requests
-- purpose: The HTTP request in which a record was written: its own span, the parent, the parent of the
--          dependency or MCP span around it, else the latest request of its trace that had begun.
-- readers: later steps
-- grain:   one row per record whose request is known

with

spans as (

    -- Spans that are no requests, but may stand between a record and its request.
    select operation_id, span_id, parent_span_id
    from events
    where
        layer = 'server'
        and kind in ('dependency', 'call', 'log')
        and span_id is not null
        and parent_span_id is not null

),

first_around as (

    select operation_id, span_id, min(parent_span_id) as parent_span_id
    from spans
    where span_id in (select parent_span_id from server_records)
    group by operation_id, span_id

),

second_around as (

    select operation_id, span_id, min(parent_span_id) as parent_span_id
    from spans
    where span_id in (select parent_span_id from first_around)
    group by operation_id, span_id

),

paths as (

    select
        record.event_id,
        record.operation_id,
        record.linked_operation_id,
        coalesce(record.known_server_id, record.server_id, '') as server_id,
        record.at_us,
        record.span_id as own_span_id,
        record.parent_span_id,
        first_around.parent_span_id as second_span_id,
        second_around.parent_span_id as third_span_id
    from server_records as record
    left join first_around
        on record.operation_id = first_around.operation_id
        and record.parent_span_id = first_around.span_id
    left join second_around
        on first_around.operation_id = second_around.operation_id
        and first_around.parent_span_id = second_around.span_id

),

steps as (

    select event_id, operation_id, own_span_id as span_id, 1 as distance from paths
    union all
    select event_id, operation_id, parent_span_id, 2 from paths
    union all
    select event_id, operation_id, second_span_id, 3 from paths
    union all
    select event_id, operation_id, third_span_id, 4 from paths

),

by_span as (

    select steps.event_id as record_event_id, request.event_id as request_event_id
    from steps
    inner join server_requests as request
        on steps.operation_id = request.operation_id
        and steps.span_id = request.span_id
    qualify row_number() over (partition by steps.event_id order by steps.distance) = 1

),

without as (

    select
        paths.event_id,
        paths.operation_id,
        paths.linked_operation_id,
        paths.server_id,
        paths.at_us
    from paths
    anti join by_span on paths.event_id = by_span.record_event_id

),

trace_starts as (

    -- Times of one trace that are equal would leave the choice to chance.
    select
        operation_id,
        coalesce(known_server_id, server_id, '') as server_id,
        at_us,
        min(event_id) as event_id
    from server_requests
    where
        operation_id in (select operation_id from without)
        or operation_id in (select linked_operation_id from without)
    group by operation_id, coalesce(known_server_id, server_id, ''), at_us

),

by_trace as (

    select without.event_id as record_event_id, trace_starts.event_id as request_event_id
    from without
    asof join trace_starts
        on without.operation_id = trace_starts.operation_id
        and without.server_id = trace_starts.server_id
        and without.at_us >= trace_starts.at_us

),

by_link as (

    select without.event_id as record_event_id, trace_starts.event_id as request_event_id
    from without
    asof join trace_starts
        on without.linked_operation_id = trace_starts.operation_id
        and without.server_id = trace_starts.server_id
        and without.at_us >= trace_starts.at_us

)

select record_event_id, request_event_id from by_span
union all
select
    coalesce(by_trace.record_event_id, by_link.record_event_id) as record_event_id,
    coalesce(by_trace.request_event_id, by_link.request_event_id) as request_event_id
from by_trace
full join by_link on by_trace.record_event_id = by_link.record_event_id
