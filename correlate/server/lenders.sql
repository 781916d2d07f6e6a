-- name:    correlate/server/lenders
-- purpose: Evidence that is no call itself, but says something about one: log lines (also those of the
--          gateway's trace policy), exceptions, dependencies, and the spans of callers.
-- readers: later steps
-- grain:   one row per lending event

select
    event_id,
    layer,
    kind,
    correlation_id,
    operation_id,
    span_id,
    parent_span_id
from events
where
    operation_id is not null
    and (
        (layer = 'server' and kind in ('log', 'exception'))
        or (layer = 'gateway' and kind = 'log')
        or (kind = 'dependency' and layer in ('server', 'gateway'))
        or (
            layer = 'server'
            and kind = 'call'
            and x_json1(tags, 'span_kind') = 'client'
            and coalesce(mcp_method, 'tools/call') = 'tools/call'
        )
    )
