-- name:    bench/quality/by_choice
-- purpose: What confidence is made of: the share of true matches by what the sides had in common and how
--          the match was chosen. correlate/match/rated_matches.sql takes its numbers from here.
-- grain:   one row per basis and choice
select
    match_basis as basis,
    match_choice as choice,
    cast(median(match_confidence) as varchar) as stated,
    count(*) as matches,
    countif(gateway_call = server_call) as true_matches
from judged
where match_rung not in ('gateway_only', 'server_only')
group by basis, choice
order by basis, choice
