-- Makes rare evidence common, so that every step of correlate/ has something to answer.

-- A span that two exporters told.
insert into events by name
select * replace (cast(md5(event_id || ' copy') as uuid) as event_id)
from events
where layer = 'server' and kind = 'request' and hash(event_id) % 20 = 0;

-- A record inside an MCP span of its own.
insert into events by name
select * replace (
    cast(md5(event_id || ' span') as uuid) as event_id,
    'OTelSpans' as source_table,
    coalesce(parent_span_id, span_id) as span_id,
    null as parent_span_id
)
from events
where
    layer = 'server'
    and kind = 'call'
    and source_table in ('AppTraces', 'AppEvents')
    and hash(event_id) % 20 = 1;

-- The gateway tried the backend again: the same parent, another request.
insert into events by name
select * replace (
    cast(md5(event_id || ' again') as uuid) as event_id,
    md5(span_id || ' again') as span_id,
    case when kind = 'request' then parent_span_id else md5(parent_span_id || ' again') end
        as parent_span_id,
    occurred_at + interval 700 milliseconds as occurred_at
)
from events
where layer = 'server' and hash(operation_id) % 20 = 9;

-- The client tried again: another request of the gateway.
insert into events by name
select * replace (
    cast(md5(event_id || ' retry') as uuid) as event_id,
    correlation_id || ' retry' as correlation_id,
    occurred_at + interval 1500 milliseconds as occurred_at,
    500 as http_status
)
from events
where layer = 'gateway' and hash(correlation_id) % 20 = 7;

-- JSON-RPC batches: several calls in one request.
update events
set correlation_id = 'batch ' || hash(correlation_id) // 20 % 20
where layer = 'gateway' and hash(correlation_id) % 20 = 0;

-- The gateway's log names no method.
update events
set mcp_method = null, tool_name = null
where layer = 'gateway' and kind = 'request' and hash(event_id) % 10 = 0;

-- One trace for several calls.
update events
set operation_id = md5(cast(hash(operation_id) // 20 % 20 as varchar))
where hash(operation_id) % 20 = 0;

-- Spans without parents.
update events
set parent_span_id = null
where hash(event_id) % 20 = 3;

-- A fixed price in three currencies at times of which some are the same.
insert into prices by name
select
    origin,
    0 as position,
    'fixed' as meter,
    'apim-gateway' as name,
    currency,
    '1 month' as unit,
    unit_price,
    'calls' as allocate_by,
    valid_from,
    valid_to
from (
    values
        ('/a', 'GBP', 300, timestamptz '2026-11-15 12:00:00Z', timestamptz '2026-11-16 06:00:00Z'),
        ('/zz', 'EUR', 600, timestamptz '2026-11-15 00:00:00Z', null),
        ('/zz/b', 'SEK', 900, timestamptz '2026-09-01 00:00:00Z', null)
) as price (origin, currency, unit_price, valid_from, valid_to);
