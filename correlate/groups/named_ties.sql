-- name:    correlate/groups/named_ties
-- purpose: Sessions that have two names by what a trace joins, one row for each name: each call of either has a share in
--          which name is the session's.
-- readers: as groups/open_ties
-- grain:   one row per side of a match whose sides name different sessions

select server.server_key as id, server.mcp_session_id, true as is_whole
from matches
inner join gateway_calls as gateway on matches.gateway_id = gateway.gateway_id
inner join server_calls as server on matches.server_key = server.server_key
where server.mcp_session_id <> gateway.mcp_session_id

union all

select gateway.gateway_id, gateway.mcp_session_id, true
from matches
inner join gateway_calls as gateway on matches.gateway_id = gateway.gateway_id
inner join server_calls as server on matches.server_key = server.server_key
where server.mcp_session_id <> gateway.mcp_session_id
