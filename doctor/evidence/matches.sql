-- name:    doctor/evidence/matches
-- purpose: How many calls both sides saw, and what joined them.
-- grain:   one row
-- column:  calls         bigint  calls  tool calls
-- column:  matched       bigint  calls  of these, seen by both sides
-- column:  by_trace      bigint  calls  of the matched, joined by a trace
-- column:  gateway_only  bigint  calls  seen by the gateway alone
-- column:  server_only   bigint  calls  seen by the server alone

select
    count(*) as calls,
    count(*) filter (where gateway_seen and server_seen) as matched,
    count(*) filter (where match_rung = 'operation_id') as by_trace,
    count(*) filter (where gateway_seen and not server_seen) as gateway_only,
    count(*) filter (where server_seen and not gateway_seen) as server_only

from tool_calls
