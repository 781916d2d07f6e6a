-- source:  ApiManagementGatewayLogs
-- purpose: Lines that a log-to-eventhub policy of one's own writes: time,service,request id,address,status.
-- docs:    docs/event-hubs.md
-- grain:   one row per line
-- key:     request id
-- reads:   lines

with

cells as (

    select
        record_id,
        string_split(pick(k, v, 'line'), ',') as cell

    from records

)

select
    record_id,
    0 as item_no,
    trim(cell[3]) as natural_key,
    cast(3 as smallint) as source_rank,
    case
        when len(cell) <> 5 then 'not five cells'
        when as_time(trim(cell[1])) is null then 'no usable time'
    end as reject_reason,
    'gateway' as layer,
    'request' as kind,
    as_time(trim(cell[1])) as occurred_at,
    trim(cell[3]) as correlation_id,
    trim(cell[2]) as server_id,
    trim(cell[4]) as caller_ip,
    as_http_status(trim(cell[5])) as http_status,
    cast(1 as bigint) as weight

from cells
