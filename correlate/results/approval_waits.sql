-- name:    correlate/results/approval_waits
-- purpose: When each approval was waited for. Several who decide on one let it wait once: the union of their
--          waits, in pieces that do not overlap.
-- readers: results/call_approvals, results/round_waits
-- grain:   one row per piece

with

intervals as (

    select
        approval_key,
        decided_us,
        coalesce(
            case when approval_requested_at <= approval_decided_at then cast(x_us(approval_requested_at) as double) end,
            decided_us - approval_wait_ms * 1000.0
        ) as requested_us
    from decided_approvals
    where approval_result is not null

),

overlapping as (

    select
        *,
        max(decided_us) over (
            partition by approval_key
            order by requested_us, decided_us
            rows between unbounded preceding and 1 preceding
        ) as reached_us
    from intervals
    where requested_us <= decided_us

),

pieces as (

    select
        approval_key,
        greatest(requested_us, coalesce(reached_us, requested_us)) as from_us,
        decided_us as to_us
    from overlapping
    where reached_us is null or decided_us > reached_us

)

select
    *,
    -- Until the end of this piece.
    sum(to_us - from_us) over (partition by approval_key order by from_us) as waited_us
from pieces
