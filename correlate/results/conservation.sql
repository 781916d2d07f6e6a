-- name:    correlate/results/conservation
-- purpose: Counts that must hold: every tools/call event is evidence of exactly one call. An envelope of
--          several calls (the request of a batch) is told apart: it belongs to all of them.
-- readers: correlate.ts
-- grain:   one row

with

tool_calls_seen as (

    select gateway_row.event_id
    from gateway_rows as gateway_row
    where gateway_row.mcp_method = 'tools/call'

    union all

    select event_id from server_records

    union all

    select request.event_id
    from server_requests as request
    left join (
        select request_event_id
        from server_evidence
        where records_in_request > 1
        group by request_event_id
    ) as envelopes
        on request.event_id = envelopes.request_event_id
    where request.mcp_method = 'tools/call' and envelopes.request_event_id is null

),

uses as (

    select seen.event_id, count(members.call_id) as calls
    from tool_calls_seen as seen
    left join call_members as members on seen.event_id = members.event_id
    group by seen.event_id

)

select
    count(*) as tool_call_events,
    countIf(calls = 0) as lost,
    countIf(calls > 1) as doubled
from uses
