-- name:    correlate/gateway/gateway_slots
-- purpose: Lines up the rows of JSON-RPC batches: rows of different tables about one item share a slot.
--          A row that says nothing about any item is the envelope of them all.
-- readers: later steps
-- grain:   one row per gateway row of a request that has several rows of one table, or several methods

with

batches as (

    select request_key
    from gateway_rows
    group by request_key
    having
        countIf(role = 'log') > 1
        or countIf(role = 'mcp') > 1
        or countIf(role = 'app') > 1
        or min(mcp_method) <> max(mcp_method)

),

numbered as (

    select
        row.event_id,
        row.request_key,
        row.role,
        row.mcp_method is null as is_silent,
        max(case when row.mcp_method is null then 0 else 1 end) over (partition by row.request_key) as has_items,
        coalesce(row.mcp_method, '') || '|' || coalesce(row.tool_name, '') as what,
        row_number() over (
            partition by row.request_key, row.role, coalesce(row.mcp_method, ''), coalesce(row.tool_name, '')
            order by row.item_no, row.at_us, row.rpc_request_id, row.event_id
        ) as position
    from gateway_rows as row
    inner join batches on row.request_key = batches.request_key

)

select
    event_id,
    request_key,
    role,
    what || '|' || x_text(position) as slot,
    is_silent and has_items = 1 as is_envelope
from numbered
