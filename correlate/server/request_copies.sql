-- name:    correlate/server/request_copies
-- purpose: Request rows of one span that reached us more than once, by different exporters.
-- readers: later steps
-- grain:   one row per superfluous row

with

requests as (

    select event_id, operation_id, span_id
    from events
    where layer = 'server' and kind = 'request' and operation_id is not null and span_id is not null

),

repeated as (

    select operation_id, span_id, min(event_id) as kept_event_id
    from requests
    group by operation_id, span_id
    having count(*) > 1

)

select requests.event_id, repeated.kept_event_id
from requests
inner join repeated
    on requests.operation_id = repeated.operation_id
    and requests.span_id = repeated.span_id
where requests.event_id <> repeated.kept_event_id
