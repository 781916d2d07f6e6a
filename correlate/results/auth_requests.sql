-- name:    correlate/results/auth_requests
-- purpose: One row of the gateway's for each HTTP request: of its own log, or of Application Insights where
--          there is no log of the request.
-- readers: results/auth_clients
-- grain:   one row per request

with

first_items as (

    -- A batch is one HTTP request.
    select min(event_id) as event_id
    from gateway_slots
    where role <> 'mcp' and kept_event_id is null
    group by request_key, role

),

logs as (

    select row.event_id, row.request_key
    from gateway_rows as row
    left join gateway_slots as slots on row.event_id = slots.event_id
    left join first_items on row.event_id = first_items.event_id
    where row.role = 'log' and (slots.event_id is null or first_items.event_id is not null)

)

select event_id from logs

union all

select row.event_id
from gateway_rows as row
left join logs on row.request_key = logs.request_key
left join gateway_slots as slots on row.event_id = slots.event_id
left join first_items on row.event_id = first_items.event_id
where
    row.role = 'app'
    and logs.event_id is null
    and (slots.event_id is null or first_items.event_id is not null)
