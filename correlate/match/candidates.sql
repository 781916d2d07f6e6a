-- name:    correlate/match/candidates
-- purpose: How many server calls each gateway call of a line-up could be, within the window.
-- readers: later steps
-- grain:   one row per gateway call of the line-up
-- param:   window_ms  bigint  ms  how far apart two starts may be

select id, candidates
from (
    select
        id,
        side,
        count(*) filter (where side = 'server') over (
            partition by match_key
            order by at_us / 1000.0
            range between cast({window_ms:Bigint} as double) preceding
            and cast({window_ms:Bigint} as double) following
        ) as candidates
    from lined_up
) as counted
where side = 'gateway'
