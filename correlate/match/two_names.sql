-- name:    correlate/match/two_names
-- purpose: Matches whose sides name different sessions.
-- readers: match/session_names, groups/named_ties
-- grain:   one row per match

select
    matches.gateway_id,
    matches.server_key,
    gateway.mcp_session_id as gateway_session_id,
    server.mcp_session_id as server_session_id
from matches
inner join gateway_calls as gateway on matches.gateway_id = gateway.gateway_id
inner join server_calls as server on matches.server_key = server.server_key
where server.mcp_session_id <> gateway.mcp_session_id
