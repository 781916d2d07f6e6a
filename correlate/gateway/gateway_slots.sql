-- name:    correlate/gateway/gateway_slots
-- purpose: Lines up the rows of JSON-RPC batches: rows of different tables about one item share a slot.
--          A row that says nothing about any item is the envelope of them all. A row that was exported
--          without its resource is another event than the same row with it: the one that says less is a copy.
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
        row.item_no,
        row.has_resource,
        row.mcp_method is null as is_silent,
        max(case when row.mcp_method is null then 0 else 1 end) over (partition by row.request_key) as has_items,
        coalesce(row.mcp_method, '') || '|' || coalesce(row.tool_name, '') as what,
        row_number() over (
            partition by
                row.request_key,
                row.role,
                coalesce(row.mcp_method, ''),
                coalesce(row.tool_name, ''),
                row.has_resource
            order by row.item_no, row.at_us, row.rpc_request_id, row.event_id
        ) as position
    from gateway_rows as row
    inner join batches on row.request_key = batches.request_key

),

slots as (

    select
        *,
        what || '|' || x_text(position) as slot,
        -- Rows of the MCP log have no number within their request.
        case when role = 'mcp' then what || '|' || x_text(position) else x_text(item_no) end as item
    from numbered

),

twice as (

    select
        request_key,
        role,
        item,
        argMin(event_id, case when is_silent then 2 else 0 end - has_resource) as kept_event_id
    from slots
    group by request_key, role, item
    having
        count(*) = 2
        and min(has_resource) < max(has_resource)
        and coalesce(
            min(case when not is_silent then what end) = max(case when not is_silent then what end),
            true
        )

)

select
    slots.event_id,
    slots.request_key,
    slots.role,
    slots.slot,
    slots.is_silent and slots.has_items = 1 as is_envelope,
    case when twice.kept_event_id <> slots.event_id then twice.kept_event_id end as kept_event_id
from slots
left join twice
    on slots.request_key = twice.request_key
    and slots.role = twice.role
    and slots.item = twice.item
