-- name:    correlate/reopen/closed_differences
-- purpose: What the calls that stay closed say about their servers' clocks.
-- readers: match/server_offsets, match/server_spreads
-- grain:   one row per pair

select
    kept.server_key,
    kept.offset_server_id,
    kept.hour_no,
    kept.span_us,
    kept.trace_us,
    kept.session_us
from kept_differences as kept
anti join reopened on kept.server_key = reopened.event_id
