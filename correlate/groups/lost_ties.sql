-- name:    correlate/groups/lost_ties
-- purpose: Sessions in which a server call was left over, which may be another try of any call there, and those of
--          approvals, which may be given to any call there.
-- readers: as groups/open_ties
-- grain:   one row per such call or decision

select server_key as id, mcp_session_id, true as is_whole
from open_server
where mcp_session_id is not null and is_call

union all

select event_id, mcp_session_id, true
from events
where layer = 'approval' and kind = 'decision' and mcp_session_id is not null
