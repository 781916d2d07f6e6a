-- name:    correlate/results/session_aliases
-- purpose: The names under which servers log a session that the gateway knows by another.
-- readers: queries
-- grain:   one row per such name
-- table:   session_aliases

select alias, session_key
from session_names
