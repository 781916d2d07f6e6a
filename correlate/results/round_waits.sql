-- name:    correlate/results/round_waits
-- purpose: How long a call of several rounds waited for humans: the pauses between its rounds, and within each
--          round what its approval was waited for then. What a server says to have waited has a length but no
--          time, and may be any of it: of that the longest counts.
-- readers: results/correlated_calls
-- grain:   one row per call of several rounds

with

edges as (

    select
        rounds.request_id,
        rounds.worked_from_us as at_us,
        -1.0 as side,
        approvals.approval_key
    from rounds
    inner join call_approvals as approvals on rounds.call_id = approvals.call_id
    where approvals.is_in_time
    union all
    select
        rounds.request_id,
        rounds.worked_to_us,
        1.0,
        approvals.approval_key
    from rounds
    inner join call_approvals as approvals on rounds.call_id = approvals.call_id
    where approvals.is_in_time

),

within as (

    -- What had been waited for when the round ended, less what had been when it began.
    select
        request_id,
        sum(side * waited_us) / 1000.0 as wait_ms
    from (
        select
            edges.request_id,
            edges.side,
            waits.waited_us - greatest(waits.to_us - edges.at_us, 0.0) as waited_us
        from edges
        asof join approval_waits as waits
            on edges.approval_key = waits.approval_key
            and edges.at_us >= waits.from_us
    ) as reached
    group by request_id

)

select
    rounds.call_id,
    greatest(
        max(rounds.between_ms)
            -- The decision says when, the server for how long it stood still.
            + sum(least(coalesce(within.wait_ms, 0.0), coalesce(rounds.stated_wait_ms, within.wait_ms, 0.0))),
        max(coalesce(rounds.stated_wait_ms, 0.0))
    ) as wait_ms
from rounds
left join within on rounds.request_id = within.request_id
group by rounds.call_id
