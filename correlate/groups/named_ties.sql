-- name:    correlate/groups/named_ties
-- purpose: Sessions that have two names by what a trace joins, one row for each name: each call of either has a share in
--          which name is the session's.
-- readers: as groups/open_ties
-- grain:   one row per side of a match whose sides name different sessions

select server_key as id, server_session_id as mcp_session_id, true as is_whole
from two_names

union all

select gateway_id, gateway_session_id, true
from two_names
