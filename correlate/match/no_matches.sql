-- name:    correlate/match/no_matches
-- purpose: The empty table of matches.
-- readers: the ladder
-- grain:   one row per gateway call and server call that are one call

select
    cast(null as uuid) as gateway_id,
    cast(null as uuid) as server_key,
    '' as rung,
    cast(0.0 as double) as confidence,
    cast(0 as bigint) as candidates
where 1 = 0
