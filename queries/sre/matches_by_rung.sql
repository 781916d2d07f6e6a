-- name:    sre/matches_by_rung
-- purpose: How gateway and server evidence were joined, and how sure the join is.
-- readers: SRE, SOC
-- grain:   one row per rung of the ladder that was used, most calls first
-- param:   from_at          timestamptz  UTC    window start, inclusive (default: now-30d)
-- param:   to_at            timestamptz  UTC    window end, exclusive (default: now)
-- column:  match_rung       varchar      -      operation_id, session, agent, gateway_only or server_only
-- column:  calls            bigint       rows   tool calls joined on this rung
-- column:  calls_ratio      double       ratio  of all calls in the window
-- column:  mean_confidence  double       0..1   mean of match_confidence
-- column:  min_confidence   double       0..1   least sure
-- column:  ambiguous_calls  bigint       rows   calls for which the rung had several candidates
-- column:  max_candidates   bigint       rows   most candidates a call had

with

-- By value first, then in order of value: a sum of floats depends on the order it is taken in.
by_confidence as (

    select
        match_rung,
        match_confidence,
        count(*) as calls,
        count(*) filter (where match_candidates > 1) as ambiguous_calls,
        max(match_candidates) as max_candidates

    from correlated_calls

    where
        "timestamp" >= {from_at:Timestamp}
        and "timestamp" < {to_at:Timestamp}

    group by
        match_rung,
        match_confidence

),

summed as (

    select
        *,
        sum(calls * match_confidence) over (
            partition by match_rung
            order by match_confidence
            rows between unbounded preceding and current row
        ) as confidence_so_far

    from by_confidence

),

by_rung as (

    select
        match_rung,
        cast(sum(calls) as bigint) as calls,
        max(confidence_so_far) as confidence,
        min(match_confidence) as min_confidence,
        cast(sum(ambiguous_calls) as bigint) as ambiguous_calls,
        max(max_candidates) as max_candidates

    from summed

    group by match_rung

)

select
    match_rung,
    calls,
    calls / nullif(sum(calls) over (), 0) as calls_ratio,
    confidence / nullif(calls, 0) as mean_confidence,
    min_confidence,
    ambiguous_calls,
    max_candidates

from by_rung

order by calls desc, match_rung
