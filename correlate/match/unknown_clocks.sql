-- name:    correlate/match/unknown_clocks
-- purpose: How many open server calls are of servers whose clocks nothing tells of.
-- readers: ladder.ts
-- grain:   one row

select count(*) as unknown
from open_server
where not is_clocked
