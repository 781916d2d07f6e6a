-- name:    correlate/server/record_links
-- purpose: Which MCP span and which HTTP request belong to each record, as ids alone. A record inside an MCP span
--          shares the span's request, and stands for the span.
-- readers: server/server_evidence
-- grain:   one row per record, or span without one, that tells of a call

with

inside as (

    select nested.record_event_id, nested.span_event_id, by_span.request_event_id
    from nested_records as nested
    left join record_requests as by_span on nested.span_event_id = by_span.record_event_id

),

links as (

    select
        record.event_id as record_event_id,
        inside.span_event_id,
        coalesce(inside.request_event_id, by_record.request_event_id) as request_event_id
    from server_records as record
    left join inside on record.event_id = inside.record_event_id
    left join record_requests as by_record on record.event_id = by_record.record_event_id
    left join nested_records as owned on record.event_id = owned.span_event_id
    where owned.span_event_id is null and record.event_id = record.kept_event_id

),

holders as (

    select request_event_id, count(*) as records
    from links
    group by request_event_id

)

select
    links.record_event_id,
    links.span_event_id,
    links.request_event_id,
    holders.records as records_in_request
from links
left join holders on links.request_event_id = holders.request_event_id
