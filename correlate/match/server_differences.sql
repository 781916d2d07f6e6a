-- name:    correlate/match/server_differences
-- purpose: How far apart the two starts of pairs are that needed no clock to be found: what spans prove,
--          and what is alone in its trace or, failing that, in its session. A request that was
--          tried several times says nothing here: its last try began when the others had ended.
-- readers: match/server_offsets, match/server_spreads, and the next correlation
-- grain:   one row per pair

select
    server.server_key,
    coalesce(server.known_server_id, server.server_id, '') as offset_server_id,
    x_div(server.at_us, 3600000000) as hour_no,
    cast(server.at_us - gateway.at_us as double) as span_us,
    cast(null as double) as trace_us,
    cast(null as double) as session_us
from server_calls as server
inner join matches on server.server_key = matches.server_key
inner join gateway_calls as gateway on matches.gateway_id = gateway.gateway_id
where matches.candidates = 1

union all

select
    server_key,
    offset_server_id,
    hour_no,
    cast(null as double) as span_us,
    difference_us as trace_us,
    cast(null as double) as session_us
from lone_traces

union all

select
    server_key,
    offset_server_id,
    hour_no,
    cast(null as double) as span_us,
    cast(null as double) as trace_us,
    difference_us as session_us
from lone_sessions
