-- name:    bench/quality/by_choice
-- purpose: What confidence is made of: the share of true matches by what the sides had in common and how
--          the match was chosen. correlate/match/rated_matches.sql takes its numbers from here.
-- grain:   one row per basis and choice
select
    match_basis as basis,
    match_choice as choice,
    count(*) as matches,
    median(match_confidence) as stated_ratio,
    countif(gateway_call = server_call) / count(*) as true_ratio
from judged
where match_rung not in ('gateway_only', 'server_only')
group by basis, choice
order by stated_ratio desc, basis, choice
