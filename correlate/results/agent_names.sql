-- name:    correlate/results/agent_names
-- purpose: Every name telemetry may use for an agent of the inventory, in lower case.
-- readers: queries
-- grain:   one row per name
-- table:   agent_names

select name, agent_id from known_agent_names
