-- name:    correlate/match/pairs_by_lone_trace
-- purpose: Pairs that are alone in their trace, where the clocks do not forbid it.
-- readers: later steps
-- grain:   one row per pair

with

placed as (

    select
        lone.gateway_id,
        lone.server_key,
        lone.reach_us,
        server.slack_us,
        lone.difference_us - (server.at_us - server.gateway_us) as late_us
    from lone_traces as lone
    inner join open_server as server on lone.server_key = server.server_key

)

select
    gateway_id,
    server_key,
    cast(1 as bigint) as candidates,
    abs(late_us) as distance_us,
    1e15 as rival_us
from placed
where late_us between -slack_us and reach_us + slack_us
