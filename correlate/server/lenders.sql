-- name:    correlate/server/lenders
-- purpose: Evidence that is no call itself, but says something about one: log lines, exceptions,
--          dependencies, and the spans of callers.
-- readers: later steps
-- grain:   one row per lending event

select
    event_id,
    kind,
    operation_id,
    span_id,
    parent_span_id,
    server_id,
    x_us(occurred_at) as at_us
from events
where
    operation_id is not null
    and (
        (layer = 'server' and kind in ('log', 'exception'))
        or (kind = 'dependency' and layer in ('server', 'gateway'))
        or (
            layer = 'server'
            and kind = 'call'
            and x_json1(tags, 'span_kind') = 'client'
            and coalesce(mcp_method, 'tools/call') = 'tools/call'
        )
    )
