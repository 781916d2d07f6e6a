-- name:    bench/quality/calibration
-- purpose: Whether confidence means something: of the matches in each band of it, what they say and what is
--          true. All matches count, decided or not. A band is a tenth; the last tenth, where nearly all
--          matches are, is two, so that the sure ones do not hide those of which one in ten is not true.
-- grain:   one row per band of confidence that occurs
select
    case
        when match_confidence >= 0.99 then '0.99 to 1'
        when match_confidence >= 0.9 then '0.9 to 0.99'
        else format('{:.1f} to {:.1f}', floor(match_confidence * 10) / 10, floor(match_confidence * 10 + 1) / 10)
    end as band,
    count(*) as matches,
    sum(match_confidence) as stated_matches,
    countif(gateway_call = server_call) as true_matches
from judged
where match_rung not in ('gateway_only', 'server_only')
group by band
order by band
