-- name:    bench/quality/calibration
-- purpose: Whether confidence means something: of the matches in each tenth of it, what they say and what
--          is true. All matches count, decided or not.
-- grain:   one row per tenth of confidence that occurs
select
    cast(least(floor(match_confidence * 10), 9) as integer) as tenth,
    count(*) as matches,
    sum(match_confidence) / count(*) as stated_ratio,
    countif(gateway_call = server_call) / count(*) as true_ratio
from judged
where match_rung not in ('gateway_only', 'server_only')
group by tenth
order by tenth
