-- name:    correlate/groups/open_ties
-- purpose: The calls that their spans do not prove, and their sessions: what is open in a session may be another's
--          partner, and with several calls of a tool none of them tells of a clock.
-- readers: groups/link_pairs, reopen/session_mates, also of the next correlation
-- grain:   one row per open call that has a session

select gateway_id as id, mcp_session_id, false as is_whole
from open_gateway
where mcp_session_id is not null

union all

select server_key, mcp_session_id, false
from open_server
where mcp_session_id is not null
