-- name:    slo/compare/source_tables
-- purpose: Which tables the requests and calls of each layer came from in one window.
-- readers: SRE
-- grain:   one row per layer and table
select distinct
    layer,
    source_table

from events

where
    -- An exception, a log line or a dependency is not counted; some weeks have none.
    kind not in ('exception', 'log', 'dependency')
    and occurred_at >= {from_at:Timestamp}
    and occurred_at < {to_at:Timestamp}

order by layer, source_table
