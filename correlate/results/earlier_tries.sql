-- name:    correlate/results/earlier_tries
-- purpose: What a gateway sent to its backend before the try that it answered with.
-- readers: results/correlated_calls
-- grain:   one row per call that was tried several times

select
    coalesce(rounds.call_id, companions.gateway_id) as call_id,
    -- The clocks of a call are those of its last round.
    min(case when rounds.request_id is null or rounds.is_last then evidence.at_us end) as tried_us,
    case when min(evidence.reach_us) > 0.0 then sum(evidence.reach_us) / 1000.0 end as latency_ms
from companions
inner join server_evidence as evidence on companions.server_key = evidence.server_key
left join rounds on companions.gateway_id = rounds.request_id
where companions.companion = 'attempt'
group by coalesce(rounds.call_id, companions.gateway_id)
