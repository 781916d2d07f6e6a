-- name:    correlate/results/server_names
-- purpose: Every name telemetry may use for a server of the inventory, in lower case.
-- readers: queries
-- grain:   one row per name
-- table:   server_names

select name, server_id from known_server_names
