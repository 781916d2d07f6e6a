-- name:    correlate/match/no_matches
-- purpose: The empty table of matches. `rival_us` is how much further away the next choice was.
-- readers: the ladder
-- grain:   one row per gateway call and server call that are one call

select
    cast(null as uuid) as gateway_id,
    cast(null as uuid) as server_key,
    '' as rung,
    '' as basis,
    '' as round,
    cast(0 as bigint) as candidates,
    cast(0.0 as double) as distance_us,
    cast(0.0 as double) as rival_us
where 1 = 0
