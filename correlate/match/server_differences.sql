-- name:    correlate/match/server_differences
-- purpose: How far apart the two starts of pairs are that needed no clock to be found: what spans prove,
--          and what is alone in its trace or, failing that, in its session. Only for servers that have
--          open calls: for others nobody needs to know.
-- readers: later steps
-- grain:   one row per pair

with

asked_for as (

    select distinct coalesce(known_server_id, server_id, '') as offset_server_id
    from open_server

),

timed_servers as (

    select
        server.server_key,
        server.at_us,
        asked_for.offset_server_id
    from server_calls as server
    inner join asked_for on coalesce(server.known_server_id, server.server_id, '') = asked_for.offset_server_id

)

select
    server.offset_server_id,
    x_div(server.at_us, 3600000000) as hour_no,
    cast(server.at_us - gateway.at_us as double) as span_us,
    cast(null as double) as trace_us,
    cast(null as double) as session_us
from timed_servers as server
inner join matches on server.server_key = matches.server_key
inner join gateway_calls as gateway on matches.gateway_id = gateway.gateway_id

union all

select
    offset_server_id,
    hour_no,
    cast(null as double) as span_us,
    difference_us as trace_us,
    cast(null as double) as session_us
from lone_traces

union all

select
    offset_server_id,
    hour_no,
    cast(null as double) as span_us,
    cast(null as double) as trace_us,
    difference_us as session_us
from lone_sessions
